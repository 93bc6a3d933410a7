package io.drover.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes docs/kamelets.md. */
final class KameletsPage {
  private static final Map<String, String> SYSTEMS = new LinkedHashMap<>();

  static {
    SYSTEMS.put("prism", "Prism Central");
    SYSTEMS.put("guest", "Guests");
    SYSTEMS.put("move", "Nutanix Move");
    SYSTEMS.put("vcenter", "vCenter");
    SYSTEMS.put("ansible", "Ansible");
    SYSTEMS.put("servicenow", "ServiceNow");
    SYSTEMS.put("sheets", "Google Sheets");
  }

  private static final String HEAD =
      """
      # Kamelets

      The blocks of runbooks: one verb on one system each. Written from the Kamelet files that Drover packages; `bin/drover kamelets list` and `bin/drover kamelets show NAME` say the same on the
      command line. [Writing runbooks](writing-runbooks.md) tells how they are put together.

      - **Given**: fields of the body, when it is an object, or variables of these names, except where it says that the body alone counts.
      - **Parameters** stand in the URI (`kamelet:NAME?patience=PT5M`) or under `parameters:`. They are constants or placeholders like `{{drover.patch.patience:PT5M}}`. What differs from run to run is given.
      - **Effect**: `reads` looks, `tells` hands something to the outbox, `protects` takes a recovery point, `adds` makes something beside what is there, `changes` changes or removes what is there.
        The rule [`way-back`](rules.md#way-back) says what must stand before and behind that.
      """;

  private KameletsPage() {}

  static String text() {
    Map<String, List<JsonNode>> systems = new LinkedHashMap<>();
    SYSTEMS.keySet().forEach(system -> systems.put(system, new ArrayList<>()));
    for (JsonNode kamelet : KameletReference.packaged().all()) {
      systems
          .computeIfAbsent(kamelet.path("system").asText(), system -> new ArrayList<>())
          .add(kamelet);
    }
    systems.values().removeIf(List::isEmpty);
    StringBuilder page = new StringBuilder(HEAD);
    systems.forEach((system, kamelets) -> contents(title(system), kamelets, page));
    systems.forEach(
        (system, kamelets) -> {
          page.append("\n## ").append(title(system)).append('\n');
          kamelets.forEach(kamelet -> kamelet(kamelet, page));
        });
    return page.toString();
  }

  private static String title(String system) {
    return SYSTEMS.getOrDefault(system, system);
  }

  private static void contents(String title, List<JsonNode> kamelets, StringBuilder page) {
    page.append("\n**").append(title).append("**\n\n| Kamelet | effect | what |\n|---|---|---|\n");
    for (JsonNode kamelet : kamelets) {
      String name = kamelet.path("name").asText();
      row(page, "[`" + name + "`](#" + name + ")", kamelet.path("effect"), kamelet.path("title"));
    }
  }

  private static void kamelet(JsonNode kamelet, StringBuilder page) {
    page.append("\n### ").append(kamelet.path("name").asText()).append("\n\n**");
    page.append(kamelet.path("title").asText()).append(".** ");
    page.append(cell(kamelet.path("does").asText())).append("\n\n");
    page.append(kamelet.path("stands").asText());
    links(" Undone by ", kamelet.path("undoneBy"), page);
    links(" It undoes ", kamelet.path("undoes"), page);
    page.append("\n\n");
    boolean body = kamelet.path("givenAs").asText().equals("body");
    page.append(body ? "| given in the body | what |\n" : "| given | what |\n")
        .append("|---|---|\n");
    for (JsonNode given : kamelet.path("given")) {
      row(page, "`" + given.path("name").asText() + "`", given.path("means"));
    }
    if (!kamelet.path("bodyAfterwards").isNull()) {
      page.append("\nBody afterwards: ");
      page.append(cell(kamelet.path("bodyAfterwards").asText())).append(".\n");
    }
    if (!kamelet.path("also").asText().isEmpty()) {
      page.append('\n').append(cell(kamelet.path("also").asText())).append('\n');
    }
    if (!kamelet.path("parameters").isEmpty()) {
      page.append("\n| parameter | type | default | example | what |\n|---|---|---|---|---|\n");
      for (JsonNode parameter : kamelet.path("parameters")) {
        row(
            page,
            "`" + parameter.path("name").asText() + "`",
            type(parameter),
            parameter.path("required").asBoolean() ? "required" : code(parameter.path("default")),
            code(parameter.path("example")),
            parameter.path("description"));
      }
    }
  }

  private static String type(JsonNode parameter) {
    if (parameter.has("enum")) {
      List<String> values = new ArrayList<>();
      parameter.path("enum").forEach(value -> values.add("`" + value.asText() + "`"));
      return "one of " + String.join(", ", values);
    }
    String type = parameter.path("type").asText();
    return parameter.has("minimum") || parameter.has("maximum")
        ? type
            + ", "
            + parameter.path("minimum").asText()
            + ".."
            + parameter.path("maximum").asText()
        : type;
  }

  private static String code(JsonNode value) {
    return value.isNull() ? "" : "`" + value.asText() + "`";
  }

  private static void links(String what, JsonNode names, StringBuilder page) {
    if (!names.isEmpty()) {
      List<String> links = new ArrayList<>();
      names.forEach(name -> links.add("[`" + name.asText() + "`](#" + name.asText() + ")"));
      page.append(what).append(String.join(", ", links)).append('.');
    }
  }

  private static void row(StringBuilder page, Object... cells) {
    page.append('|');
    for (Object each : cells) {
      String text = each instanceof JsonNode node ? cell(node.asText()) : String.valueOf(each);
      page.append(text.isEmpty() ? " |" : " " + text + " |");
    }
    page.append('\n');
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }
}
