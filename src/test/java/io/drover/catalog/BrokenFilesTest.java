package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The slips of everyday, one at a time, in each place of the shipped files where it fits. */
class BrokenFilesTest {
  private static final Known KNOWN = Known.packaged();

  /** Of one slip and file, so that a long file does not make up the corpus alone. */
  private static final int OF_EACH = 8;

  /**
   * A slip.
   *
   * @param rule that finds it
   * @param pattern of the line that is hit
   * @param becomes what the line says then; null where the line goes away
   * @param shift from the hit line to the one that is blamed
   */
  private record Slip(
      String name, String rule, Pattern pattern, @Nullable String becomes, int shift) {
    static Slip of(String name, String rule, String pattern, String becomes) {
      return new Slip(name, rule, Pattern.compile(pattern), becomes, 0);
    }

    static Slip gone(String name, String rule, String pattern) {
      return new Slip(name, rule, Pattern.compile(pattern), null, -1);
    }
  }

  private static final List<Slip> SLIPS =
      List.of(
          Slip.of("a pattern misspelt", "shape", "^( *- )setBody: ", "$1setBodyy: "),
          Slip.of("a pattern of another name", "shape", "^( *- )setVariable: ", "$1setVar: "),
          Slip.of("an option misspelt", "shape", "^( *)description: ", "$1descripton: "),
          Slip.of("a list where there is none", "readable", "^( *)- step:$", "$1- step: []"),
          Slip.of("no value", "shape", "^( *- setVariable: \\{ name: \\w+, )\\w+: .*$", "$1}"),
          Slip.gone("a step without its id", "ids", "^ +id: [a-z-]+$"),
          Slip.of("an id that is none", "ids", "^( +id: )([a-z-]+)$", "$1$2 two"),
          Slip.of("a tab", "readable", "^  ( *- to: )", "\t$1"),
          Slip.of("a quote left open", "readable", "^( *- to: \"kamelet:[^\"]*)\"$", "$1"),
          Slip.of("a brace left open", "readable", "^( *- setBody: \\{.*)\\}$", "$1"),
          Slip.of("a block misspelt", "kamelet", "kamelet:([a-z-]+)-action", "kamelet:$1-acton"),
          Slip.of(
              "a parameter that the block has not",
              "kamelet",
              "kamelet:([a-z-]+)-action(\")",
              "kamelet:$1-action?patients=PT5M$2"),
          Slip.of(
              "a duration that is none",
              "kamelet",
              "\\?patience=\\{\\{[^}]*\\}\\}",
              "?patience=5m"),
          Slip.of("a bean misspelt", "beans", "\\$\\{bean:(\\w+)\\?", "\\${bean:$1s?"),
          Slip.of("a method misspelt", "beans", "\\?method=(\\w+)\\}", "?method=$1x}"),
          Slip.of("a runbook misspelt", "names", "(to: \"runbook:[a-z-]+)", "$1x"),
          Slip.of("a language of another tool", "languages", "simple: \"", "groovy: \""),
          Slip.of("a function misspelt", "functions", "\\$\\{variable\\.", "\\${variables."),
          Slip.of("a setting that is none", "placeholders", "\\{\\{drover\\.", "{{drove."),
          Slip.of("a field too many in the cron", "schedule", "(cron: \"\\{\\{[^:]*:)", "$10 0 "),
          Slip.of(
              "a zone that is none", "schedule", "(imeZone: \"?\\{\\{[^:]*:)[^}]*", "$1Etc/UTX"),
          Slip.of("another component", "components", "to: \"(kamelet|runbook):", "to: \"exec:$1"),
          Slip.of("an operator that is none", "simple", "(\\$\\{[^}]+\\}) (==|!=|>) ", "$1 === "),
          Slip.of("a single ampersand", "simple", "&&", "&"),
          Slip.of("a level that is none", "shape", "loggingLevel: WARN", "loggingLevel: WARNING"),
          Slip.of(
              "another method",
              "components",
              "httpMethodRestrict: POST",
              "httpMethodRestrict: PSOT"),
          Slip.of(
              "half a media type", "components", "consumes: application/json", "consumes: json"),
          Slip.of("a flag that is none", "components", "mutating=false", "mutating=flase"),
          Slip.of("a number in words", "components", "maxInFlight=[^&\"]+", "maxInFlight=many"),
          Slip.of("each as yes", "components", "each=true", "each=yes"),
          Slip.of("a child without a name", "components", "([?&])key=[^&\"]+&?", "$1"),
          Slip.of("a gate open for a year", "approvals", "timeout=[^&\"]+", "timeout=P365D"),
          Slip.of(
              "tries without end", "loops", "maximumRedeliveries: .*$", "maximumRedeliveries: -1"),
          Slip.of("a function left open", "functions", "(\\$\\{body)\\}", "$1"),
          Slip.of("a placeholder left open", "placeholders", "(\\{\\{drover[^}]*)\\}\\}", "$1}"),
          Slip.of(
              "a variable misspelt",
              "variables",
              "\\$\\{variable\\.(?!inputs)([a-z]\\w+)",
              "\\${variable.$1x"),
          Slip.of("another failure", "types", "java\\.lang\\.Exception", "java.lang.Throwabel"));

  /** Written by hand: what a slip in one line does not show. */
  private record Case(String name, String rule, int line, String text) {}

  private static final String HEAD =
      """
      - route:
          id: mine
          description: Look at a VM.
          from:
            uri: runbook:mine
            steps:
      """;

  private static Case in(String name, String rule, int line, String steps) {
    return new Case(name, rule, line, HEAD + steps.indent(8));
  }

  private static final List<Case> CASES =
      List.of(
          new Case("nothing", "readable", 1, ""),
          new Case("a comment alone", "readable", 1, "# later\n"),
          new Case("an object", "shape", 1, "route: {}\n"),
          new Case("a text", "shape", 1, "route\n"),
          new Case("half a file", "shape", 1, "- route:\n    id: mine\n"),
          new Case("no steps", "shape", 4, HEAD.replaceFirst(" +steps:\n$", "")),
          in(
              "a step in a step",
              "steps",
              10,
              "- step:\n    id: a\n    steps:\n      - step:\n"
                  + "          id: b\n          steps: [ { log: hi } ]\n"),
          in(
              "a step twice",
              "ids",
              11,
              "- step:\n    id: a\n    steps: [ { log: hi } ]\n"
                  + "- step:\n    id: a\n    steps: [ { log: hi } ]\n"),
          in("no branch", "shape", 7, "- choice: {}\n"),
          in(
              "an empty branch",
              "shape",
              10,
              "- choice:\n    when:\n      - simple: \"${body} == 1\"\n        steps: []\n"),
          in("an empty loop", "shape", 7, "- loop: { constant: \"2\", steps: [] }\n"),
          in("a try alone", "shape", 7, "- doTry: { steps: [ { log: hi } ] }\n"),
          in("a list with a text", "shape", 7, "- hello\n"),
          in(
              "a loop that is no number",
              "loops",
              7,
              "- loop: { constant: often, steps: [ { log: hi } ] }\n"),
          in(
              "a number that is none",
              "shape",
              7,
              "- setVariable: { name: n, constant: { expression: zero, resultType: int } }\n"),
          in("a colon missing", "readable", 7, "- setBody\n    constant: hi\n"),
          in(
              "a line too far in",
              "readable",
              9,
              "- step:\n    id: a\n      steps: [ { log: hi } ]\n"),
          in(
              "an entry too far in",
              "readable",
              10,
              "- step:\n    id: a\n    steps:\n        - log: a\n      - log: b\n      - log: c\n"),
          in(
              "an entry too far out",
              "readable",
              11,
              "- step:\n    id: a\n    steps:\n      - log: a\n     - log: b\n      - log: c\n"),
          in(
              "a list behind a text",
              "readable",
              9,
              "- step:\n    id: a\n    steps: none\n      - log: { message: a, loggingLevel: INFO }\n"),
          in("an apostrophe left open", "readable", 7, "- log: 'x\n- log: y\n- log: 'z'\n"),
          in("a call between steps", "effects", 7, "- to: \"kamelet:prism-get-vm-action\"\n"),
          in(
              "the time between steps",
              "effects",
              7,
              "- setBody: { simple: \"${date:now:yyyy}\" }\n"),
          in(
              "a power-off without a way back",
              "way-back",
              10,
              "- step:\n    id: off\n    steps:\n      - to: \"kamelet:prism-power-off-vm-action\"\n"),
          in(
              "a deletion without an approval",
              "way-back",
              10,
              "- step:\n    id: off\n    steps:\n      - to: \"kamelet:prism-delete-vm-action\"\n"));

  @Test
  void eachIsRefusedInItsLine() {
    Map<String, Integer> counts = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    PackagedRoutes.files(PackagedRoutes.RUNBOOKS, ".camel.yaml").stream()
        .flatMap(BrokenFilesTest::broken)
        .forEach(
            each -> {
              counts.merge(each.rule(), 1, Integer::sum);
              judge(each, Trust.SHIPPED, wrong);
            });
    CASES.forEach(
        each -> {
          counts.merge(each.rule(), 1, Integer::sum);
          judge(each, Trust.OPERATOR, wrong);
        });
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println(
        "BROKEN FILES: " + all + ", accepted or blamed elsewhere " + wrong.size() + " " + counts);
    assertThat(wrong).isEmpty();
    assertThat(all).isGreaterThanOrEqualTo(300);
  }

  private static Stream<Case> broken(PackagedRoutes.Packaged file) {
    String[] lines = new String(file.text(), StandardCharsets.UTF_8).split("\n", -1);
    return SLIPS.stream()
        .flatMap(
            slip -> {
              List<Case> cases = new ArrayList<>();
              for (int i = 0; i < lines.length && cases.size() < OF_EACH; i++) {
                Matcher hit = slip.pattern().matcher(lines[i]);
                if (lines[i].stripLeading().startsWith("#") || !hit.find()) {
                  continue;
                }
                List<String> changed = new ArrayList<>(List.of(lines));
                if (slip.becomes() == null) {
                  if (!lines[i - 1].endsWith("step:")) {
                    continue;
                  }
                  changed.remove(i);
                } else {
                  changed.set(i, hit.replaceFirst(slip.becomes()));
                }
                cases.add(
                    new Case(
                        file.name() + ": " + slip.name(),
                        slip.rule(),
                        i + 1 + slip.shift(),
                        String.join("\n", changed)));
              }
              return cases.stream();
            });
  }

  private static void judge(Case broken, Trust trust, List<String> wrong) {
    String file = broken.name().contains(": ") ? broken.name().split(": ")[0] : "mine.camel.yaml";
    List<Finding> findings =
        new Catalog()
            .examine(file, broken.text().getBytes(StandardCharsets.UTF_8), trust, KNOWN)
            .findings();
    boolean blamed =
        findings.stream()
            .anyMatch(
                finding ->
                    finding.rule().equals(broken.rule())
                        && (finding.line() == broken.line()
                            // what ought not be followed is noticed where it is
                            || (broken.name().endsWith("a list where there is none")
                                && finding.line() == broken.line() + 1)));
    if (!blamed) {
      wrong.add(broken.name() + " at " + broken.line() + ": " + findings);
    }
  }
}
