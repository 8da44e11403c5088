# The endpoint in a container: a wheel with the editor in it, installed alone, run by a user who owns nothing.
#   docker build -t lodeclaim . && docker run --rm -p 8000:8000 lodeclaim
FROM node:22-slim AS editor
WORKDIR /project
COPY editor editor
RUN cd editor && npm ci && npm run build

FROM python:3.11-slim AS wheels
WORKDIR /project
COPY . .
ENV PIP_CONSTRAINT=/project/constraints.txt PIP_BUILD_CONSTRAINT=/project/constraints.txt
COPY --from=editor /project/src/lodeclaim/endpoint/web/static/editor src/lodeclaim/endpoint/web/static/editor
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[serve]"

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lodeclaim
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "lodeclaim[serve]"
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["lodeclaim"]
CMD ["serve", "--host", "0.0.0.0"]
