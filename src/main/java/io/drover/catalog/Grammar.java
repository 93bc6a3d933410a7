package io.drover.catalog;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of Camel's YAML DSL that Drover loads. What is missing here is missing on purpose: it
 * would name a class, leave the exchange that a step is bound to, or reach out past the doors.
 */
final class Grammar {

  /** What may stand behind a name. */
  enum Kind {
    TEXT,
    FLAG,
    NUMBER,
    WHOLE,
    LEVEL,
    STEPS,
    FROM,
    PARAMETERS,
    NAMES,
    EXPRESSION,
    BRANCHES,
    BRANCH,
    POLICY,
    VARIABLES,
    HANDLER,
    NO_HANDLER,
    CLAUSES
  }

  /**
   * One pattern.
   *
   * @param shorthand the option that a plain text stands for; null when there is none
   * @param expression whether it holds an expression
   */
  record Shape(
      String name,
      @Nullable String shorthand,
      boolean expression,
      Set<String> options,
      Set<String> required) {}

  static final List<String> LANGUAGES =
      List.of("simple", "constant", "variable", "header", "exchangeProperty", "method", "tokenize");

  /** Camel's other ones, so that their refusal can say why. */
  static final List<String> OTHER_LANGUAGES =
      List.of(
          "csimple",
          "datasonnet",
          "groovy",
          "hl7terser",
          "java",
          "joor",
          "jq",
          "js",
          "jsonpath",
          "language",
          "mvel",
          "ognl",
          "python",
          "ref",
          "spel",
          "wasm",
          "xpath",
          "xquery",
          "xtokenize");

  /** Camel's other patterns. */
  static final List<String> OTHER_PATTERNS =
      List.of(
          "aggregate",
          "circuitBreaker",
          "claimCheck",
          "convertHeaderTo",
          "convertVariableTo",
          "dynamicRouter",
          "enrich",
          "idempotentConsumer",
          "loadBalance",
          "marshal",
          "multicast",
          "pausable",
          "pipeline",
          "policy",
          "poll",
          "pollEnrich",
          "recipientList",
          "resequence",
          "resumable",
          "rollback",
          "routingSlip",
          "saga",
          "sample",
          "script",
          "setExchangePattern",
          "sort",
          "threads",
          "throttle",
          "tokenizer",
          "transacted",
          "transformDataType",
          "transform",
          "unmarshal",
          "validate",
          "wireTap",
          "serviceCall");

  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();
  private static final Map<String, Shape> SHAPES = new LinkedHashMap<>();

  /** Those that may stand in a list of steps. */
  private static final Set<String> PATTERNS = new LinkedHashSet<>();

  static {
    kind(Kind.STEPS, "steps");
    kind(Kind.FROM, "from");
    kind(Kind.PARAMETERS, "parameters");
    kind(Kind.NAMES, "exception");
    kind(Kind.EXPRESSION, "expression handled onWhen retryWhile");
    kind(Kind.BRANCHES, "when doCatch");
    kind(Kind.BRANCH, "otherwise doFinally");
    kind(Kind.POLICY, "redeliveryPolicy");
    kind(Kind.VARIABLES, "variables headers");
    kind(Kind.HANDLER, "errorHandler");
    kind(Kind.NO_HANDLER, "noErrorHandler");
    kind(Kind.CLAUSES, "onException");
    kind(
        Kind.FLAG,
        "autoStartup streaming stopOnException doWhile breakOnShutdown asyncDelayed"
            + " allowOptimisedComponents useExponentialBackOff asyncDelayedRedelivery"
            + " useCollisionAvoidance trim");
    kind(Kind.WHOLE, "maximumRedeliveries redeliveryDelay maximumRedeliveryDelay");
    kind(Kind.NUMBER, "backOffMultiplier collisionAvoidanceFactor");
    kind(Kind.LEVEL, "loggingLevel");

    shape("route", "id! description! from! note autoStartup routeConfigurationId errorHandler");
    shape("from", "uri! parameters steps!");
    shape("routeConfiguration", "id! description onException!");
    shape("errorHandler", "noErrorHandler!");
    shape("noErrorHandler", "");
    shape("when", "steps! id description note", null, true);
    shape("otherwise", "steps! id description note");
    shape("doCatch", "exception! onWhen steps! id description note");
    shape("doFinally", "steps! id description note");
    shape(
        "redeliveryPolicy",
        "maximumRedeliveries redeliveryDelay maximumRedeliveryDelay useExponentialBackOff"
            + " backOffMultiplier asyncDelayedRedelivery useCollisionAvoidance"
            + " collisionAvoidanceFactor");
    shape("method", "ref! method!");

    pattern("step", "id! description note steps!", null, false);
    pattern("to", "uri! parameters variableReceive variableSend id description note", "uri", false);
    pattern(
        "toD",
        "uri! parameters variableReceive variableSend id description note"
            + " allowOptimisedComponents",
        "uri",
        false);
    pattern("kamelet", "name! parameters", "name", false);
    pattern("bean", "ref! method id description note", null, false);
    pattern("process", "ref! id description note", null, false);
    pattern("setBody", "id description note", null, true);
    pattern("setVariable", "name! id description note", null, true);
    pattern("setVariables", "variables! id description note", null, false);
    pattern("removeVariable", "name! id description note", null, false);
    pattern("setHeader", "name! id description note", null, true);
    pattern("setHeaders", "headers! id description note", null, false);
    pattern("removeHeader", "name! id description note", null, false);
    pattern("removeHeaders", "pattern! id description note", "pattern", false);
    pattern("setProperty", "name! id description note", null, true);
    pattern("removeProperty", "name! id description note", null, false);
    pattern("removeProperties", "pattern! id description note", "pattern", false);
    pattern("convertBodyTo", "type! id description note", "type", false);
    pattern("choice", "when! otherwise id description note", null, false);
    pattern("filter", "steps! id description note", null, true);
    pattern("loop", "doWhile breakOnShutdown steps! id description note", null, true);
    pattern(
        "split",
        "streaming stopOnException aggregationStrategy delimiter steps! id description note",
        null,
        true);
    pattern("doTry", "steps! doCatch doFinally id description note", null, false);
    pattern(
        "onException",
        "exception! onWhen retryWhile redeliveryPolicy handled! steps! id description note",
        null,
        false);
    pattern("log", "message! loggingLevel id description note", "message", false);
    pattern("delay", "asyncDelayed id description note", null, true);
    pattern("throwException", "exceptionType! message! id description note", null, false);
    pattern("stop", "id description note", null, false);
  }

  private Grammar() {}

  static Kind kindOf(String option) {
    return KINDS.getOrDefault(option, Kind.TEXT);
  }

  static Shape shapeOf(String name) {
    Shape shape = SHAPES.get(name);
    if (shape == null) {
      throw new IllegalArgumentException(name + " (expected: one of " + SHAPES.keySet() + ")");
    }
    return shape;
  }

  static boolean takes(String pattern, String option) {
    Shape shape = SHAPES.get(pattern);
    return shape != null && shape.options().contains(option);
  }

  static boolean isPattern(String name) {
    return PATTERNS.contains(name);
  }

  static Set<String> patterns() {
    return PATTERNS;
  }

  static boolean isLanguage(String name) {
    return LANGUAGES.contains(name) || OTHER_LANGUAGES.contains(name);
  }

  private static void kind(Kind kind, String options) {
    for (String option : options.split(" ")) {
      KINDS.put(option, kind);
    }
  }

  private static void pattern(
      String name, String options, @Nullable String shorthand, boolean expression) {
    shape(name, options, shorthand, expression);
    PATTERNS.add(name);
  }

  private static void shape(String name, String options) {
    shape(name, options, null, false);
  }

  private static void shape(
      String name, String options, @Nullable String shorthand, boolean expression) {
    Set<String> all = new LinkedHashSet<>();
    Set<String> required = new LinkedHashSet<>();
    Arrays.stream(options.split(" "))
        .filter(option -> !option.isEmpty())
        .forEach(
            option -> {
              String plain = option.replace("!", "");
              all.add(plain);
              if (option.endsWith("!")) {
                required.add(plain);
              }
            });
    SHAPES.put(name, new Shape(name, shorthand, expression, all, required));
  }
}
