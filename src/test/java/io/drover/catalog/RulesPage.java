package io.drover.catalog;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes docs/rules.md: each rule with a file that breaks it, and what is then said of it. */
final class RulesPage {
  private static final Known KNOWN = Known.packaged();

  /**
   * A rule.
   *
   * @param wants what it wants, and why
   * @param where the place of the harmless file that the piece is put into
   * @param piece what breaks it
   */
  private record About(String wants, String where, String piece) {}

  private static final Map<String, About> RULES = new LinkedHashMap<>();

  static {
    rule(
        "readable",
        "The file is well-formed YAML in UTF-8, one document, without tags, directives, tabs as"
            + " indent, invisible characters or a name twice, and within the limits: 512 KiB, 64"
            + " levels, 20,000 nodes with aliases written out, 100 aliases, lines and values of"
            + " 16,384 characters.",
        "first",
        "- log: \"left open");
    rule(
        "shape",
        "A file is a list of routes, and each part of one is what Drover loads of Camel's YAML:"
            + " known patterns with known options, each where it belongs. What can name a class or"
            + " leave the step is not loaded at all.",
        "first",
        "- setVariable: { nam: vmName, constant: web-1 }");
    rule(
        "ids",
        "Routes and steps have ids in kebab-case, each once in its route: the ledger knows a step"
            + " by its route and its id.",
        "first",
        "- step:\n    id: Look_At\n    steps: [ { log: \"hi\" } ]");
    rule(
        "names",
        "The sub-routes, runbooks and route configurations that a file refers to exist: in it, in"
            + " the folder, or packaged.",
        "step",
        "- to: \"runbook:patch-window-s\"");
    rule(
        "kamelet",
        "A call of a Kamelet names one that there is, with parameters that it has, as constants"
            + " within their bounds. [All of them](kamelets.md).",
        "step",
        "- to: \"kamelet:prism-list-vms-action?maxRow=5\"");
    rule(
        "steps",
        "A runbook has steps; they stand at the top of its route or in its choices, loops,"
            + " filters, tries and onException, never in each other, in a split or in a sub-route."
            + " An onException stands first in its route.",
        "step",
        "- step:\n    id: inner\n    steps: [ { log: \"hi\" } ]");
    rule(
        "effects",
        "What acts or reads a system stands in a step, and so does what is different each time: a"
            + " resume runs what is between steps again. A trigger does nothing but start a"
            + " runbook.",
        "first",
        "- to: \"kamelet:prism-get-vm-action\"");
    rule(
        "split",
        "A split has `stopOnException: true`: else it goes on behind an item that failed, and the"
            + " step counts as done.",
        "step",
        "- split:\n    simple: \"${body}\"\n    steps: [ { log: \"one\" } ]");
    rule(
        "redelivery",
        "A `redeliveryPolicy` has `asyncDelayedRedelivery: true`: a pause before a step is tried"
            + " again holds no thread.",
        "first",
        "- onException:\n    exception: [ java.lang.Exception ]\n"
            + "    redeliveryPolicy: { maximumRedeliveries: 5, redeliveryDelay: 5000 }\n"
            + "    handled: { constant: \"true\" }\n"
            + "    steps: [ { setVariable: { name: outcomeReason, constant: \"Away\" } } ]");
    rule(
        "loops",
        "What is done again and again ends, and holds no thread meanwhile: loops, pauses, tries,"
            + " and routes that lead to themselves.",
        "step",
        "- loop:\n    doWhile: true\n    constant: \"true\"\n    steps: [ { log: hi } ]");
    rule(
        "way-back",
        "What changes something stands behind a recovery point or an approval on every way through"
            + " the route, and an onException (or the doCatch around) calls what undoes it, or"
            + " starts a recovery runbook. What nothing undoes stands behind an approval. [Each"
            + " Kamelet](kamelets.md) says what undoes it.",
        "step",
        "- to: \"kamelet:prism-power-off-vm-action\"");
    rule(
        "mutating",
        "A runbook with `mutating=false` calls nothing that changes anything: it may catch up on"
            + " what it missed.",
        "file",
        "- route:\n    id: mine\n    description: Look at a VM.\n    from:\n"
            + "      uri: \"runbook:mine?mutating=false\"\n      steps:\n"
            + "        - step:\n            id: point\n            steps:\n"
            + "              - to: \"kamelet:prism-create-recovery-point-action\"");
    rule(
        "approvals",
        "A gate says who answers, how many of them are needed and until when, as constants or"
            + " settings.",
        "step",
        "- to: \"approval:go\"");
    rule(
        "schedule",
        "A schedule has a cron expression whose time comes, a time zone that exists, and starts a"
            + " runbook with `schedule=NAME`.",
        "from",
        "- uri: \"quartz:mine/nightly\"\n"
            + "  parameters: { cron: \"0 0 2 30 2 ?\", trigger.timeZone: Etc/UTC }");
    rule(
        "alerts",
        "A trigger by Prism's alerts is told types, severities, categories and times that it can"
            + " use ([triggers](triggers.md)).",
        "from",
        "- uri: \"prism-alerts:production\"\n  parameters: { severities: HIGH }");
    rule(
        "triggers",
        "A trigger says what becomes of a start that is refused: `routeConfigurationId:"
            + " http-trigger` for HTTP, `event-trigger` for Kafka, files and alerts. Else a record"
            + " that can start nothing comes again for ever.",
        "from",
        "- uri: \"kafka:vm-events\"\n  parameters: { groupId: drover }");
    rule(
        "components",
        "Routes come from and go to listed components alone, with listed options: "
            + "from "
            + String.join(", ", Components.names(Components.SOURCES))
            + "; to "
            + String.join(", ", Components.names(Components.TARGETS))
            + ".",
        "step",
        "- to: \"exec:id\"");
    rule(
        "targets",
        "Where a message goes is read in the file, not computed from what comes in.",
        "step",
        "- toD: \"direct:${body[next]}\"");
    rule(
        "doors",
        "A door to a system is opened by its Kamelets alone: they say what is done, and have it"
            + " written down first.",
        "step",
        "- to: \"direct:prism-change\"");
    rule(
        "languages",
        "Expressions are written in "
            + String.join(", ", Grammar.LANGUAGES)
            + ": languages that run no code. Nothing is loaded from elsewhere.",
        "first",
        "- setBody: { groovy: \"1 + 1\" }");
    rule(
        "functions",
        "Of Simple only what reads the message is there: body, variables, headers, properties,"
            + " the exception, dates and calls of listed beans.",
        "first",
        "- setBody: { simple: \"${env:PATH}\" }");
    rule(
        "simple",
        "A condition in Simple is values with an operator between them.",
        "first",
        "- filter: { simple: \"${body} equals 5\", steps: [ { log: hi } ] }");
    rule(
        "variables",
        "A variable that is read is set somewhere in the file, or by Drover.",
        "first",
        "- log: \"${variable.vmNam}\"");
    rule(
        "beans",
        "Only the beans and methods that are made for routes are called, each as it is meant to"
            + " be.",
        "step",
        "- process: { ref: dataSource }");
    rule(
        "reserved",
        "Some of Drover's own beans are safe in one place alone, which is a packaged runbook.",
        "step",
        reserved());
    rule(
        "headers",
        "Names of variables, headers and properties are constants, and none of Camel's or"
            + " Drover's own.",
        "first",
        "- setHeader: { name: CamelHttpUri, constant: \"http://elsewhere\" }");
    rule(
        "types",
        "Where a class is named it is a listed one: "
            + String.join(", ", new TreeSet<>(TypesRule.VALUES))
            + "; for failures "
            + String.join(", ", new TreeSet<>(TypesRule.FAILURES))
            + ".",
        "step",
        "- convertBodyTo: java.io.File");
    rule(
        "placeholders",
        "Settings that a file reads are those made for routes or its own, never those that hold"
            + " secrets, the environment or files.",
        "first",
        "- setBody: { constant: \"{{env:PATH}}\" }");
    rule(
        "credentials",
        "No secret stands in a file, not in a comment either: its text goes into the ledger and"
            + " into logs.",
        "first",
        "- setVariable: { name: password, constant: \"hunter2\" }");
    rule(
        "own-names",
        "File names, ids, runbooks and paths that Drover or another file has are not taken a"
            + " second time.",
        "top",
        "- route:\n    id: patch-vm\n    description: Ours.\n    from:\n"
            + "      uri: \"direct:own\"\n      steps: [ { log: \"hi\" } ]");
    rule(
        "waiver",
        "A waiver names a rule that may be waived and that something inside breaks, with a reason"
            + " of at least 20 characters.",
        "step",
        "- log:\n    message: hi\n    note: \"waives components: we know what we are doing here\"");
  }

  private RulesPage() {}

  private static void rule(String name, String wants, String where, String piece) {
    RULES.put(name, new About(wants, where, piece));
  }

  /** The first bean of them, by name: which it is, is not the point. */
  private static String reserved() {
    return KNOWN.beans().values().stream()
        .filter(bean -> bean.uses().contains(Bean.Use.SHIPPED))
        .map(Bean::name)
        .sorted()
        .findFirst()
        .map(name -> "- process: { ref: " + name + " }")
        .orElseThrow();
  }

  static String text() {
    if (!RULES.keySet().equals(Catalog.rules())) {
      throw new IllegalStateException(RULES.keySet() + " (expected: " + Catalog.rules() + ")");
    }
    StringBuilder page =
        new StringBuilder(
            """
            # Rules

            What a route file must keep to before Drover loads it; `bin/drover validate` checks the same. A finding says file, line, column, rule, what stands there, what should, and the valid name that
            is most like it:

                FILE:LINE:COLUMN: RULE: FOUND (expected: EXPECTED; nearest: NEAREST)

            A rule that may be waived is waived by a `note` on the route or block around: `note: "waives RULE: REASON"`. It is on record in `drover routes show`. The findings below are what is really said
            of the lines above them.

            | rule | waived by operators |
            |---|---|
            """);
    RULES
        .keySet()
        .forEach(
            name ->
                page.append("| [`" + name + "`](#" + name + ") | ")
                    .append(Catalog.WAIVABLE_BY_OPERATORS.contains(name) ? "yes" : "no")
                    .append(" |\n"));
    page.append("\nTwo more are never waived: `inputs` (a `RUNBOOK.schema.json` beside the file is")
        .append(
            " no JSON Schema of an object), and `loads` (Camel itself cannot build the routes),")
        .append(" which only a running Drover sees.\n");
    RULES.forEach((name, about) -> section(name, about, page));
    return page.toString();
  }

  private static void section(String name, About about, StringBuilder page) {
    page.append("\n## ").append(name).append("\n\n").append(about.wants()).append(' ');
    page.append(waived(name)).append("\n\n```yaml\n").append(about.piece()).append("\n```\n\n");
    page.append("    ").append(finding(name, about).text()).append('\n');
  }

  private static String waived(String name) {
    if (Catalog.WAIVABLE_BY_OPERATORS.contains(name)) {
      return "Operators may waive it.";
    }
    return Catalog.NEVER_WAIVED.contains(name)
        ? "Never waived."
        : "Waived by what Drover ships alone, for a written reason.";
  }

  /** What is said of the piece in a file that is harmless without it. */
  private static Finding finding(String name, About about) {
    @Nullable Finding found = null;
    String file = new HostileFilesTest.Hostile(name, about.where(), name, about.piece()).file();
    for (Finding finding :
        new Catalog().check("mine.camel.yaml", file.getBytes(StandardCharsets.UTF_8), KNOWN)) {
      if (found == null && finding.rule().equals(name)) {
        found = finding;
      }
    }
    if (found == null) {
      throw new IllegalStateException("Nothing breaks " + name + " in:\n" + file);
    }
    return found;
  }
}
