package io.drover.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The page about all blocks, made of what their files say. */
final class KameletReference {
  private static final String GIVEN = "Given in the body, or as variables of these names:";
  private static final String AFTERWARDS = "Body afterwards:";

  private static final Map<Kamelet.Effect, String> EFFECTS =
      Map.of(
          Kamelet.Effect.READS, "Reads; changes nothing.",
          Kamelet.Effect.TELLS, "Tells somebody, through the outbox; decides no outcome.",
          Kamelet.Effect.PROTECTS, "Takes a recovery point: the way back for what follows.",
          Kamelet.Effect.ADDS, "Makes something beside what is there.",
          Kamelet.Effect.CHANGES, "Changes what is there: behind a recovery point or an approval.");

  private static final Map<String, String> SYSTEMS =
      Map.of(
          "ansible", "Ansible",
          "guest", "Guests",
          "move", "Nutanix Move",
          "prism", "Prism Central",
          "servicenow", "ServiceNow",
          "sheets", "Google Sheets",
          "vcenter", "vCenter");

  private final StringBuilder page = new StringBuilder();

  private KameletReference() {}

  /** Markdown. */
  static String of(Map<String, Kamelet> kamelets) {
    KameletReference reference = new KameletReference();
    reference.write(kamelets);
    return reference.page.toString();
  }

  private void write(Map<String, Kamelet> kamelets) {
    Map<String, List<Kamelet>> bySystem = new TreeMap<>();
    kamelets.values().stream()
        .sorted(Comparator.comparing(Kamelet::name))
        .forEach(
            kamelet ->
                bySystem
                    .computeIfAbsent(
                        kamelet.name().substring(0, kamelet.name().indexOf('-')),
                        system -> new ArrayList<>())
                    .add(kamelet));
    line("# Blocks");
    line("");
    line(
        "Each is a Kamelet: one verb on one system, called in a step as `to: \"kamelet:NAME\"`."
            + " What differs from run to run comes in the body, when that is an object, or in"
            + " variables; a parameter is a constant (`?patience=PT1H`), or a setting"
            + " (`{{drover.runbooks.my-setting:PT1H}}`). This page is made of the Kamelets'"
            + " files; do not edit it.");
    line("");
    line("| block | what | effect | undone by |");
    line("|---|---|---|---|");
    for (List<Kamelet> of : bySystem.values()) {
      for (Kamelet kamelet : of) {
        line(
            "| [`%s`](#%s) | %s | %s | %s |",
            kamelet.name(),
            kamelet.name(),
            cell(kamelet.title()),
            kamelet.effect().name().toLowerCase(java.util.Locale.ROOT),
            undoing(kamelet));
      }
    }
    bySystem.forEach(
        (system, of) -> {
          line("");
          line("## %s", SYSTEMS.getOrDefault(system, system));
          of.forEach(this::one);
        });
  }

  private void one(Kamelet kamelet) {
    line("");
    line("### %s", kamelet.name());
    line("");
    String about = kamelet.description().replaceAll("\\s+", " ").strip();
    String result = behind(about, AFTERWARDS);
    about = before(about, AFTERWARDS);
    String given = behind(about, GIVEN);
    line(
        "%s. %s %s",
        kamelet.title(), before(about, GIVEN), EFFECTS.getOrDefault(kamelet.effect(), ""));
    if (!kamelet.undoneBy().isEmpty()) {
      line("Undone by %s.", undoing(kamelet));
    }
    if (!given.isEmpty()) {
      line("");
      line("| given | what |");
      line("|---|---|");
      inputs(given).forEach((name, what) -> line("| `%s` | %s |", name, cell(what)));
    }
    if (!kamelet.parameters().isEmpty()) {
      line("");
      line("| parameter | default | bounds | what | example |");
      line("|---|---|---|---|---|");
      kamelet.parameters().values().forEach(this::parameter);
    }
    if (!result.isEmpty()) {
      line("");
      line("Body afterwards: %s", result);
    }
  }

  private void parameter(Kamelet.Parameter parameter) {
    String fallback = parameter.defaultValue();
    String example = parameter.example();
    line(
        "| `%s` (%s) | %s | %s | %s | %s |",
        parameter.name(),
        parameter.type(),
        parameter.required() ? "required" : fallback == null ? "" : code(fallback),
        bounds(parameter),
        cell(parameter.description()),
        example == null ? "" : code(example));
  }

  private static String bounds(Kamelet.Parameter parameter) {
    if (!parameter.values().isEmpty()) {
      return String.join(", ", parameter.values().stream().map(KameletReference::code).toList());
    }
    if (parameter.minimum() == null && parameter.maximum() == null) {
      return "";
    }
    return (parameter.minimum() == null ? "" : parameter.minimum())
        + " to "
        + (parameter.maximum() == null ? "" : parameter.maximum());
  }

  private static String undoing(Kamelet kamelet) {
    return String.join(
        ", ", kamelet.undoneBy().stream().map(name -> "[`" + name + "`](#" + name + ")").toList());
  }

  /** {@code name (what it is), name (what it is).} What has no brackets stands under no name. */
  static Map<String, String> inputs(String given) {
    Map<String, String> inputs = new LinkedHashMap<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i <= given.length(); i++) {
      char c = i == given.length() ? ',' : given.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c != ',' || depth != 0) {
        continue;
      }
      String item = given.substring(from, i).strip();
      from = i + 1;
      int open = item.indexOf('(');
      if (open > 0) {
        String what = item.substring(open + 1).replaceFirst("\\)\\.?(?=[^)]*$)", "");
        inputs.put(item.substring(0, open).strip().replaceFirst("^and ", ""), what);
      } else if (!item.isEmpty()) {
        inputs.put(item.replaceFirst("\\.$", ""), "");
      }
    }
    return inputs;
  }

  private static String before(String text, String mark) {
    int at = text.indexOf(mark);
    return at < 0 ? text : text.substring(0, at).strip();
  }

  private static String behind(String text, String mark) {
    int at = text.indexOf(mark);
    return at < 0 ? "" : text.substring(at + mark.length()).strip();
  }

  private static String code(String text) {
    return "`" + cell(text) + "`";
  }

  private static String cell(String text) {
    return text.replaceAll("\\s+", " ").strip().replace("|", "\\|");
  }

  private void line(String format, Object... values) {
    page.append(values.length == 0 ? format : String.format(format, values)).append('\n');
  }
}
