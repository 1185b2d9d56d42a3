"""Short files of short functions: what fits in a head can be checked by it."""

from __future__ import annotations

from statistics import median, quantiles

import pytest

from tests.house.source import Module, length, modules

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40
OURS = tuple(module for module in modules() if "/migrations/" not in module.name)


@pytest.mark.parametrize("module", OURS, ids=lambda module: module.name)
def test_no_file_is_longer_than_300_lines_and_no_function_than_40(module: Module):
    assert len(module.text.splitlines()) <= LINES_OF_A_FILE
    long = {one.name: length(one) for one in module.functions()}
    assert {name: size for name, size in long.items() if size > LINES_OF_A_FUNCTION} == {}


def test_half_of_all_functions_have_8_lines_or_fewer_and_nine_in_ten_20():
    sizes = [length(function) for module in OURS for function in module.functions()]
    print(f"{len(sizes)} functions, median {median(sizes)}, longest {max(sizes)}")
    assert median(sizes) <= 8
    assert quantiles(sizes, n=10)[-1] <= 20
