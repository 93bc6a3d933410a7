package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written from the Kamelets and the rules is what they say now. */
class WrittenDocsTest {
  private static final String AGAIN = "mvn -Dtest=WrittenDocsTest -Ddrover.write-docs=true test";

  record Written(Path file, String text) {
    @Override
    public String toString() {
      return file.toString();
    }
  }

  static Stream<Written> written() throws IOException {
    DefaultPrettyPrinter lines =
        new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));
    return Stream.of(
        new Written(Path.of("docs", "kamelets.md"), KameletsPage.text()),
        new Written(Path.of("docs", "rules.md"), RulesPage.text()),
        new Written(
            Path.of("docs", "schemas", "drover-routes.schema.json"),
            new ObjectMapper().writer(lines).writeValueAsString(RouteSchema.generate()) + "\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("written")
  void isCurrent(Written written) throws IOException {
    if (Boolean.getBoolean("drover.write-docs")) {
      Files.createDirectories(written.file().getParent());
      Files.writeString(written.file(), written.text());
    }
    String there = Files.exists(written.file()) ? Files.readString(written.file()) : "";
    assertThat(there).as("%s; to write it again: %s", written, AGAIN).isEqualTo(written.text());
  }

  @Test
  void theSchemaIsInTheJarToo() throws IOException {
    if (Boolean.getBoolean("drover.write-docs")) {
      return; // what is on the class path was put there before it was written
    }
    try (InputStream in =
        RouteSchema.class.getResourceAsStream("/schemas/drover-routes.schema.json")) {
      assertThat(in).isNotNull();
      assertThat(in)
          .hasContent(Files.readString(Path.of("docs/schemas/drover-routes.schema.json")));
    }
  }

  /** A description of another form would leave a hole in the page. */
  @Test
  void everyKameletSaysWhatItTakesAndWhatTheBodyIsAfterwards() {
    Pattern name = Pattern.compile("[a-z][A-Za-z]*");
    for (Kamelet kamelet : Known.packaged().kamelets().values()) {
      Contract contract = Contract.of(kamelet);
      assertThat(contract.does()).as(kamelet.name()).endsWith(".");
      assertThat(contract.given()).as(kamelet.name()).isNotEmpty();
      assertThat(contract.given())
          .as(kamelet.name())
          .allMatch(given -> name.matcher(given.name()).matches());
      // What is handed to the outbox leaves the body alone.
      if (kamelet.effect() != Kamelet.Effect.TELLS) {
        assertThat(contract.afterwards()).as(kamelet.name()).isNotBlank();
      }
    }
  }

  @Test
  void aDescriptionIsTakenApart() {
    Contract contract =
        Contract.of(
            new Kamelet(
                "a-b-action",
                "A",
                "Does it. Twice. Given in the body, or as variables of these names: one (a list of"
                    + " a (any), b. Both), two, or else three (of it; optional). Body afterwards: an"
                    + " object with x (y, z). Fails with kind k.",
                Kamelet.Effect.READS,
                List.of(),
                java.util.Map.of()));
    assertThat(contract)
        .isEqualTo(
            new Contract(
                "Does it. Twice.",
                true,
                List.of(
                    new Contract.Given("one", "a list of a (any), b. Both"),
                    new Contract.Given("two", ""),
                    new Contract.Given("three", "of it; optional; in place of the one before")),
                "an object with x (y, z)",
                "Fails with kind k."));
  }
}
