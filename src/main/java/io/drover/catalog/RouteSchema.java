package io.drover.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema (draft 7, which editors know best) of route files: Camel's YAML DSL narrowed to
 * what Drover loads, with the parameters of its Kamelets. For completion while a file is written;
 * the rules say more.
 */
public final class RouteSchema {
  private static final String DEFINITIONS = "#/definitions/";
  private static final String PLACEHOLDER = "\\{\\{";
  private static final String PARAMETERS = "parameters-of-";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, Kamelet> kamelets;

  private RouteSchema(Map<String, Kamelet> kamelets) {
    this.kamelets = new TreeMap<>(kamelets);
  }

  /** With the packaged Kamelets. */
  public static ObjectNode generate() {
    return new RouteSchema(Known.packaged().kamelets()).schema();
  }

  /** Of the inputs of a packaged runbook; null when there is none of that name. */
  public static @Nullable JsonNode ofInputs(String runbook) {
    for (PackagedRoutes.Packaged file :
        PackagedRoutes.files(PackagedRoutes.RUNBOOKS, ".schema.json")) {
      if (file.name().equals(runbook + ".schema.json")) {
        try {
          return new ObjectMapper().readTree(file.text());
        } catch (IOException e) {
          throw new UncheckedIOException("The packaged " + file.name() + " is broken", e);
        }
      }
    }
    return null;
  }

  private ObjectNode schema() {
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "http://json-schema.org/draft-07/schema#");
    root.put("title", "Drover route file");
    root.put(
        "description", "Runbooks and their triggers: plain Camel YAML, as far as Drover loads it");
    root.put("type", "array").put("minItems", 1);
    ObjectNode item = root.putObject("items");
    item.put("type", "object").put("minProperties", 1).put("maxProperties", 1);
    item.put("additionalProperties", false);
    item.putObject("properties").set("route", reference("route"));
    ObjectNode definitions = root.putObject("definitions");
    for (String name :
        List.of(
            "route",
            "errorHandler",
            "noErrorHandler",
            "when",
            "otherwise",
            "doCatch",
            "doFinally",
            "redeliveryPolicy",
            "method")) {
      definitions.set(name, object(name));
    }
    ObjectNode from = object("from");
    ((ObjectNode) from.get("properties")).set("uri", uri(Components.SOURCES));
    definitions.set("from", from);
    for (String pattern : Grammar.patterns()) {
      definitions.set(pattern, pattern(pattern));
    }
    definitions.set("steps", steps());
    definitions.set("text", types("string", "number", "boolean"));
    definitions.set("expression", expression());
    definitions.set("variable", variable());
    for (Kamelet kamelet : kamelets.values()) {
      definitions.set(PARAMETERS + kamelet.name(), parameters(kamelet));
    }
    return root;
  }

  private static ObjectNode reference(String definition) {
    return JSON.objectNode().put("$ref", DEFINITIONS + definition);
  }

  private static ObjectNode types(String... types) {
    ObjectNode node = JSON.objectNode();
    ArrayNode array = node.putArray("type");
    List.of(types).forEach(array::add);
    return node;
  }

  private static ObjectNode object(String name) {
    Grammar.Shape shape = Grammar.shapeOf(name);
    ObjectNode node = JSON.objectNode().put("type", "object").put("additionalProperties", false);
    ObjectNode properties = node.putObject("properties");
    for (String option : shape.options()) {
      properties.set(option, option(option));
    }
    if (shape.expression()) {
      Grammar.LANGUAGES.forEach(
          language -> properties.set(language, types("string", "number", "boolean", "object")));
      properties.set("expression", reference("expression"));
    }
    if (!shape.required().isEmpty()) {
      ArrayNode required = node.putArray("required");
      shape.required().forEach(required::add);
    }
    return node;
  }

  private static ObjectNode option(String option) {
    ObjectNode node =
        switch (Grammar.kindOf(option)) {
          case TEXT -> reference("text");
          case FLAG -> types("boolean", "string");
          case NUMBER -> types("number", "string");
          case WHOLE -> types("integer", "string");
          case LEVEL -> reference("text");
          case STEPS -> reference("steps");
          case FROM -> reference("from");
          case PARAMETERS -> map();
          case NAMES -> list(types("string"));
          case EXPRESSION -> reference("expression");
          case BRANCHES -> list(reference(option));
          case BRANCH -> reference(option);
          case POLICY -> reference("redeliveryPolicy");
          case VARIABLES -> list(reference("variable"));
          case HANDLER -> reference("errorHandler");
          case NO_HANDLER -> reference("noErrorHandler");
          case CLAUSES -> list(JSON.objectNode().put("type", "object"));
        };
    String says = SAYS.get(option);
    if (says == null) {
      return node;
    }
    // What stands beside a reference is not looked at in this draft.
    ObjectNode told = JSON.objectNode().put("description", says);
    told.putArray("allOf").add(node);
    return told;
  }

  private static ObjectNode map() {
    ObjectNode node = JSON.objectNode().put("type", "object");
    node.set("additionalProperties", reference("text"));
    return node;
  }

  private static ObjectNode list(ObjectNode of) {
    ObjectNode node = JSON.objectNode().put("type", "array");
    node.set("items", of);
    return node;
  }

  private static ObjectNode expression() {
    ObjectNode node = JSON.objectNode().put("type", "object").put("additionalProperties", false);
    node.put("minProperties", 1);
    ObjectNode properties = node.putObject("properties");
    Grammar.LANGUAGES.forEach(
        language -> properties.set(language, types("string", "number", "boolean", "object")));
    return node;
  }

  private static ObjectNode variable() {
    ObjectNode node = expression();
    ((ObjectNode) node.get("properties")).set("name", types("string"));
    node.putArray("required").add("name");
    return node;
  }

  private static ObjectNode steps() {
    ObjectNode item = JSON.objectNode().put("type", "object");
    item.put("minProperties", 1).put("maxProperties", 1).put("additionalProperties", false);
    ObjectNode properties = item.putObject("properties");
    Grammar.patterns().forEach(pattern -> properties.set(pattern, reference(pattern)));
    return list(item);
  }

  private ObjectNode pattern(String name) {
    ObjectNode object = object(name);
    Grammar.Shape shape = Grammar.shapeOf(name);
    ObjectNode properties = (ObjectNode) object.get("properties");
    if (name.equals("to")) {
      properties.set("uri", uri(Components.TARGETS));
      ArrayNode rules = object.putArray("allOf");
      for (Kamelet kamelet : kamelets.values()) {
        ObjectNode rule = rules.addObject();
        rule.putObject("if")
            .putObject("properties")
            .putObject("uri")
            .put("pattern", "^kamelet:" + kamelet.name() + "($|[?])");
        rule.putObject("then")
            .putObject("properties")
            .set("parameters", reference(PARAMETERS + kamelet.name()));
      }
    }
    String says = PATTERNS.get(name);
    if (says != null) {
      object.put("description", says);
    }
    if (shape.shorthand() == null) {
      return object;
    }
    ObjectNode either = JSON.objectNode();
    if (says != null) {
      either.put("description", says);
    }
    ArrayNode forms = either.putArray("anyOf");
    forms.add(name.equals("to") ? uri(Components.TARGETS) : reference("text"));
    forms.add(object);
    return either;
  }

  private ObjectNode uri(Map<String, Components.Component> of) {
    ObjectNode node = JSON.objectNode().put("type", "string");
    node.put(
        "description",
        of.values().stream()
            .map(component -> component.scheme() + ": " + component.pathMeans())
            .sorted()
            .collect(Collectors.joining("; ")));
    if (of == Components.TARGETS) {
      ArrayNode examples = node.putArray("examples");
      kamelets.keySet().forEach(kamelet -> examples.add("kamelet:" + kamelet));
    }
    String schemes =
        of.keySet().stream()
            .filter(scheme -> !scheme.equals("kamelet"))
            .sorted()
            .collect(Collectors.joining("|"));
    String named =
        of.containsKey("kamelet")
            ? "|kamelet:(" + String.join("|", kamelets.keySet()) + ")($|[?])"
            : "";
    return node.put("pattern", "^((" + schemes + "):" + named + ")");
  }

  private static ObjectNode parameters(Kamelet kamelet) {
    ObjectNode node = JSON.objectNode().put("type", "object").put("additionalProperties", false);
    node.put("title", kamelet.title()).put("description", kamelet.description());
    ObjectNode properties = node.putObject("properties");
    for (Kamelet.Parameter parameter : kamelet.parameters().values()) {
      ObjectNode one = properties.putObject(parameter.name());
      one.put("title", parameter.title());
      one.put("description", parameter.description());
      if (parameter.defaultValue() != null) {
        one.set("default", value(parameter, parameter.defaultValue()));
      }
      if (parameter.example() != null) {
        one.putArray("examples").add(value(parameter, parameter.example()));
      }
      type(parameter, one);
    }
    return node;
  }

  /** A placeholder may stand for any value, and a number may stand in quotes. */
  private static void type(Kamelet.Parameter parameter, ObjectNode one) {
    boolean number = parameter.type().equals("integer");
    boolean duration = KameletRule.isDuration(parameter.defaultValue());
    if (!parameter.values().isEmpty()) {
      ArrayNode either = one.putArray("anyOf");
      ArrayNode values = either.addObject().putArray("enum");
      parameter.values().forEach(values::add);
      either.addObject().put("type", "string").put("pattern", PLACEHOLDER);
      return;
    }
    ArrayNode type = one.putArray("type");
    if (!parameter.type().equals("string")) {
      type.add(parameter.type());
    }
    type.add("string");
    if (number || duration) {
      one.put("pattern", (number ? "^-?[0-9]{1,18}$" : "^P") + "|" + PLACEHOLDER);
    }
    if (parameter.minimum() != null) {
      one.put("minimum", parameter.minimum());
    }
    if (parameter.maximum() != null) {
      one.put("maximum", parameter.maximum());
    }
  }

  /** A number as a number, so that an editor puts it down without quotes. */
  private static JsonNode value(Kamelet.Parameter parameter, String text) {
    return switch (parameter.type()) {
      case "integer" -> JSON.numberNode(Long.parseLong(text));
      case "boolean" -> JSON.booleanNode(Boolean.parseBoolean(text));
      default -> JSON.textNode(text);
    };
  }

  private static final Map<String, String> PATTERNS =
      Map.ofEntries(
          Map.entry(
              "step",
              "What survives: its outcome is written down before the route goes on. What acts or"
                  + " reads a system stands in one"),
          Map.entry("to", "Calls a Kamelet, a runbook, an approval or a route of this file"),
          Map.entry("kamelet", "Calls a Kamelet, as to: kamelet:NAME does"),
          Map.entry("process", "Has one of Drover's blocks work on the message"),
          Map.entry("bean", "Calls a method of one of Drover's beans"),
          Map.entry("setBody", "Replaces the body"),
          Map.entry("setVariable", "Sets a variable, the memory of a runbook"),
          Map.entry("setVariables", "Sets several variables"),
          Map.entry("choice", "Takes the first branch whose condition is true"),
          Map.entry("filter", "Runs its steps when the condition is true"),
          Map.entry("loop", "Runs its steps again and again; each time is a visit of its steps"),
          Map.entry(
              "split",
              "Runs its steps for each element; needs stopOnException: true. For many VMs start"
                  + " child executions instead"),
          Map.entry("doTry", "Tries its steps; doCatch says what happens when they fail"),
          Map.entry(
              "onException",
              "What is done when a step fails; first in the route. Takes back what was changed"),
          Map.entry("throwException", "Fails, with a message for people"),
          Map.entry("log", "Writes a line into Drover's log"),
          Map.entry("delay", "Waits; a Kamelet named await waits for something"),
          Map.entry("stop", "Ends the route here"));

  private static final Map<String, String> SAYS =
      Map.of(
          "variableReceive",
          "The variable that takes the answer; the body stays as it was",
          "variableSend",
          "The variable that is sent in place of the body",
          "parameters",
          "Constants or placeholders like {{my.setting:default}}",
          "routeConfigurationId",
          "http-trigger answers wrong calls with a problem; event-trigger lets events go that can"
              + " start nothing",
          "note",
          "For whoever reads the file; \"waives RULE: REASON\" waives a rule for what stands inside",
          "handled",
          "constant: \"true\": the failure is dealt with here, and the runbook ends as its outcome"
              + " says",
          "doWhile",
          "The loop goes on as long as the expression is true",
          "exception",
          "Which failures: java.lang.Exception for all");
}
