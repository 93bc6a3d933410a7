package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who writes route files is not trusted with the JVM that runs them: none of these gets in. */
class HostileFilesTest {
  private static final Known KNOWN = Known.packaged();
  private static final String HARMLESS =
      """
      - route:
          id: mine-by-schedule
          description: Start mine.
          from:
            #from
            uri: "quartz:mine/nightly"
            parameters: { cron: "0 0 2 ? * SUN", trigger.timeZone: Etc/UTC }
            #end
            steps:
              #trigger
              - to: "runbook:mine?schedule=nightly"
      - route:
          id: mine
          description: Look at a VM.
          from:
            uri: runbook:mine
            steps:
              #first
              - step:
                  id: look
                  steps:
                    #step
                    - to: "kamelet:prism-get-vm-action"
      #top
      """;

  record Hostile(String rule, String where, String name, String piece) {

    /** The file, with the piece in its place. */
    String file() {
      if (where.equals("file")) {
        return piece;
      }
      StringBuilder file = new StringBuilder();
      boolean replaced = false;
      for (String line : HARMLESS.split("\n")) {
        if (line.strip().equals("#" + where)) {
          String indent = line.substring(0, line.indexOf('#'));
          String put = where.equals("from") ? piece.replaceFirst("^- ", "  ") : piece;
          for (String each : put.split("\n")) {
            String shifted = where.equals("from") ? each.replaceFirst("^  ", "") : each;
            file.append(indent).append(shifted).append('\n');
          }
          replaced = where.equals("from");
        } else if (line.strip().equals("#end")) {
          replaced = false;
        } else if (!replaced) {
          file.append(line).append('\n');
        }
      }
      return file.toString();
    }

    /** Line of the file in which the piece begins. */
    int firstLine() {
      if (where.equals("file")) {
        return 1;
      }
      return file()
              .lines()
              .map(String::strip)
              .toList()
              .indexOf(
                  piece
                      .replaceFirst("^- ", where.equals("from") ? "" : "- ")
                      .lines()
                      .findFirst()
                      .orElseThrow()
                      .strip())
          + 1;
    }

    int lastLine() {
      return firstLine() + (int) piece.lines().count() - 1;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Hostile> hostile() throws IOException {
    List<Hostile> all = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(
            HostileFilesTest.class.getResourceAsStream("/catalog/hostile.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String part : text.split("(?m)^--- (?=[a-z])")) {
        if (part.startsWith("#")) {
          continue;
        }
        String[] head = part.substring(0, part.indexOf('\n')).split(" ", 3);
        all.add(
            new Hostile(
                head[0], head[1], head[2], part.substring(part.indexOf('\n') + 1).stripTrailing()));
      }
    }
    return all.stream();
  }

  @Test
  void thereAreMany() throws IOException {
    assertThat(hostile()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(hostile().map(Hostile::name)).doesNotHaveDuplicates();
  }

  @Test
  void whatTheyArePutIntoIsHarmless() {
    Hostile nothing = new Hostile("none", "first", "nothing", "- log: \"hello\"");
    assertThat(findings(nothing)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void isRefusedWhereItStands(Hostile hostile) {
    assertThat(findings(hostile))
        .as(hostile.file())
        .anySatisfy(
            finding -> {
              assertThat(finding.rule()).isEqualTo(hostile.rule());
              assertThat(finding.line()).isBetween(hostile.firstLine(), hostile.lastLine());
            });
  }

  private static List<Finding> findings(Hostile hostile) {
    return new Catalog()
        .check("mine.camel.yaml", hostile.file().getBytes(StandardCharsets.UTF_8), KNOWN);
  }
}
