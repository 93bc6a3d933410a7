package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /** What people copy: the examples, and every whole file in the guide. */
  static Stream<Shipped> toBeCopied() throws IOException {
    List<Shipped> files = new ArrayList<>();
    try (Stream<Path> examples = Files.list(Path.of("docs", "examples"))) {
      for (Path file : examples.filter(f -> f.toString().endsWith(".camel.yaml")).toList()) {
        files.add(
            new Shipped(
                new PackagedRoutes.Packaged(
                    file.getFileName().toString(), Files.readAllBytes(file)),
                Trust.OPERATOR));
      }
    }
    Matcher fences =
        Pattern.compile("(?s)```yaml\n(- route:.*?)```")
            .matcher(Files.readString(Path.of("docs", "writing-runbooks.md")));
    while (fences.find()) {
      byte[] text = fences.group(1).getBytes(StandardCharsets.UTF_8);
      String name = "guide-" + files.size() + ".camel.yaml";
      files.add(new Shipped(new PackagedRoutes.Packaged(name, text), Trust.OPERATOR));
    }
    assertThat(files).hasSizeGreaterThan(4);
    return files.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("toBeCopied")
  void areGoodExamples(Shipped copied) {
    keepTheRules(copied);
  }
}
