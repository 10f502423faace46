# One image for every service: docker run lastmile edge --kafka.bootstrap=...
#
#   ./lastmile version && docker build .        takes in jars that were built outside: needs no network
#   docker build --build-arg JARS=inside .      builds the jars in a container: needs no JDK and no Maven
#
# For other machines: docker buildx build --platform linux/amd64,linux/arm64 . The jars are the same on each.
# With SOURCE_DATE_EPOCH and --output rewrite-timestamp=true the layers of two builds differ in the AOT cache only.
ARG JARS=outside

FROM scratch AS outside
COPY lastmile /
COPY cli/target/lib/*.jar cli/target/lastmile-cli-*.jar /lib/

FROM maven:3.9-eclipse-temurin-25 AS building
COPY . /source
WORKDIR /source
RUN mvn -B -q -DskipTests -pl cli -am package \
 && mkdir -p /built/lib \
 && cp lastmile /built/ \
 && cp cli/target/lib/*.jar cli/target/lastmile-cli-*.jar /built/lib/ \
 && rm /built/lib/jmh-*.jar /built/lib/commons-math3-*.jar

FROM scratch AS inside
COPY --from=building /built/ /

FROM ${JARS} AS jars

# Starts everything once: what the JVM learns of it halves the start of each service.
FROM eclipse-temurin:25-jre AS warm
WORKDIR /opt/lastmile
COPY --from=jars / ./
RUN ./lastmile warm

FROM eclipse-temurin:25-jre
ARG VERSION=development
LABEL org.opencontainers.image.title="Lastmile" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.description="From a Kafka topic to one device's open socket, and the proof back." \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /opt/lastmile
COPY --from=jars / ./
COPY --from=warm /opt/lastmile/lib/dev.aot lib/
# A number, so that Kubernetes can tell that it is not root.
USER 10001:10001
ENTRYPOINT ["/opt/lastmile/lastmile"]
CMD ["--help"]
