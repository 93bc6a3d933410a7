package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Drover ships keeps its own rules, or says why not. */
class ShippedRoutesTest {
  private static final Known KNOWN = Known.packaged();

  record Shipped(PackagedRoutes.Packaged file, Trust trust) {
    @Override
    public String toString() {
      return file.name();
    }
  }

  static Stream<Shipped> files() {
    return Stream.of(
            Stream.of(PackagedRoutes.RUNBOOKS)
                .flatMap(ShippedRoutesTest::of)
                .map(file -> new Shipped(file, Trust.SHIPPED)),
            Stream.of(PackagedRoutes.SYSTEMS, PackagedRoutes.POLICIES)
                .flatMap(ShippedRoutesTest::of)
                .map(file -> new Shipped(file, Trust.DOOR)))
        .flatMap(files -> files);
  }

  private static Stream<PackagedRoutes.Packaged> of(String folder) {
    return PackagedRoutes.files(folder, ".camel.yaml").stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void keepTheRules(Shipped shipped) {
    Report report =
        new Catalog().examine(shipped.file().name(), shipped.file().text(), shipped.trust(), KNOWN);
    assertThat(report.findings()).isEmpty();
  }
}
