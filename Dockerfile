# One image for `thaw serve` and `thaw clock`. NOT RUN by us: see compose.yaml.
FROM python:3.12-slim AS made
WORKDIR /thaw
COPY requirements.lock pyproject.toml README.md LICENSE NOTICE ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY webapp webapp
COPY content content
COPY translations translations
RUN /venv/bin/python -m babel.messages.frontend --quiet compile --directory translations \
 && /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /srv/thaw --create-home thaw
COPY --from=made /venv /venv
COPY set-up/with-secrets.sh /usr/local/bin/with-secrets
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER thaw
VOLUME /srv/thaw
EXPOSE 8000
ENTRYPOINT ["sh", "/usr/local/bin/with-secrets"]
CMD ["serve", "--host", "0.0.0.0"]
