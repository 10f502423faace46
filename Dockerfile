# One image for every service: docker run lastmile edge --kafka.bootstrap=...
# The jars are built outside (./lastmile version builds them), so that the build needs no network.
FROM eclipse-temurin:25-jre
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lastmile
WORKDIR /opt/lastmile
COPY cli/target/lib/*.jar cli/target/lastmile-cli-*.jar lib/
COPY lastmile ./
USER lastmile
ENTRYPOINT ["/opt/lastmile/lastmile"]
CMD ["--help"]
