# One image for every part: what a container does is the command it is given.
# The base can be replaced by any image with Python 3.11 or newer and its venv module.
ARG PYTHON_IMAGE=docker.io/library/python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv /opt/ac365
# Dependencies first: this layer is made again only when the lock changes.
COPY requirements.lock /src/
RUN /opt/ac365/bin/python -m pip install --require-hashes -r /src/requirements.lock
COPY . /src/
RUN /opt/ac365/bin/python -m pip install --no-deps --no-build-isolation /src \
    && /opt/ac365/bin/python -m pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
# A user without rights. A volume that is mounted on the folder of certificates takes over that its owner is this user.
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/ac365 --shell /usr/sbin/nologin ac365 \
    && install --directory --owner ac365 /var/lib/ac365 /var/lib/ac365/certificates
COPY --from=build /opt/ac365 /opt/ac365
ENV PATH=/opt/ac365/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 AC365_HOME=/var/lib/ac365
WORKDIR /var/lib/ac365
USER ac365
# Nothing is written outside /tmp: the container may run with a read-only root.
ENTRYPOINT []
CMD ["ac365", "--help"]
