package io.drover.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A file is a list of routes, and each part of one is what the grammar says. */
final class ShapeRule implements Rule {

  @Override
  public String name() {
    return "shape";
  }

  @Override
  public boolean ofDoors() {
    return true;
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    if (!(file.root() instanceof Node.Items items) || items.items().isEmpty()) {
      boolean nothing = file.root() instanceof Node.Text text && text.isNothing();
      findings.add(
          nothing ? Place.START : file.root().from(),
          file.root().kind(),
          "a list of routes, each \"- route:\"");
      return;
    }
    Walk walk = new Walk(findings);
    items.items().forEach(walk::entry);
  }

  private static final class Walk {
    private static final List<String> LEVELS =
        List.of("DEBUG", "ERROR", "INFO", "OFF", "TRACE", "WARN");

    private final Findings findings;

    Walk(Findings findings) {
      this.findings = findings;
    }

    void entry(Node item) {
      boolean door = findings.trust() == Trust.DOOR;
      String expected = door ? "route or routeConfiguration" : "route";
      Node.Field only = only(item, expected);
      if (only == null) {
        return;
      }
      if (only.name().equals("route") || (door && only.name().equals("routeConfiguration"))) {
        shape(only.name(), only.key(), only.value());
      } else {
        findings.add(only.key(), only.name(), expected, only.name(), List.of("route"));
      }
    }

    private Node.@org.jspecify.annotations.Nullable Field only(Node item, String expected) {
      if (!(item instanceof Node.Fields fields) || fields.fields().isEmpty()) {
        findings.add(item, item.kind(), expected + " with a colon behind it");
        return null;
      }
      if (fields.fields().size() > 1) {
        Node.Field second = fields.fields().get(1);
        findings.add(
            second.key(),
            second.name() + " beside " + fields.fields().get(0).name(),
            "one name in each entry; what belongs to it stands further in");
        return null;
      }
      return fields.fields().get(0);
    }

    private void shape(String name, Node.Text key, Node value) {
      Grammar.Shape shape = Grammar.shapeOf(name);
      if (value instanceof Node.Text text) {
        if (shape.shorthand() == null || text.isNothing() || text.value().isBlank()) {
          findings.add(key, name + ": " + text.kind(), "an object with " + wanted(shape));
        }
        if (name.equals("log")) {
          message(text);
        }
        return;
      }
      if (!(value instanceof Node.Fields fields)) {
        findings.add(key, name + ": " + value.kind(), "an object with " + wanted(shape));
        return;
      }
      boolean expressed = false;
      for (Node.Field field : fields.fields()) {
        if (shape.options().contains(field.name())) {
          option(field);
          if (field.name().equals("steps")
              && field.value() instanceof Node.Items items
              && items.items().isEmpty()
              && !name.equals("onException")) {
            findings.add(field.key(), "no steps in " + name, "at least one");
          }
        } else if (shape.expression()
            && (Grammar.isLanguage(field.name()) || field.name().equals("expression"))) {
          if (expressed) {
            findings.add(field.key(), "a second expression in " + name, "one expression");
          }
          expressed = true;
          expression(field);
        } else if (!findings.full()) {
          Set<String> valid = new TreeSet<>(shape.options());
          if (shape.expression()) {
            valid.addAll(Grammar.LANGUAGES);
          }
          findings.add(
              field.key(),
              field.name() + " in " + name,
              valid.isEmpty() ? "nothing inside" : "one of " + String.join(", ", valid),
              field.name(),
              valid);
        }
      }
      if (name.equals("doTry")
          && fields.field("doCatch") == null
          && fields.field("doFinally") == null) {
        findings.add(key, "doTry without doCatch", "doCatch or doFinally");
      }
      if (name.equals("log") || name.equals("throwException")) {
        message(fields.text("message"));
      }
      for (String required : shape.required()) {
        if (fields.field(required) == null) {
          findings.add(key, name + " without " + required, required);
        }
      }
      if (shape.expression() && !expressed) {
        findings.add(
            key, name + " without an expression", "one of " + String.join(", ", Grammar.LANGUAGES));
      }
    }

    /** A line of its own in the log would be anybody's. */
    private void message(Node.@org.jspecify.annotations.Nullable Text message) {
      if (message != null && message.value().strip().contains("\n")) {
        findings.add(message, "a message of several lines", "one line");
      }
    }

    private static String wanted(Grammar.Shape shape) {
      List<String> wanted = new ArrayList<>(shape.required());
      if (shape.expression()) {
        wanted.add("an expression");
      }
      return wanted.isEmpty() ? "its options, or {}" : String.join(", ", wanted);
    }

    private void option(Node.Field field) {
      Node value = field.value();
      switch (Grammar.kindOf(field.name())) {
        case TEXT -> text(field, "a text");
        case LEVEL -> {
          if (!matches(value, "TRACE|DEBUG|INFO|WARN|ERROR|OFF")) {
            findings.add(
                value,
                field.name() + ": " + value.kind(),
                "one of " + String.join(", ", LEVELS),
                value instanceof Node.Text text ? text.value() : "",
                LEVELS);
          }
        }
        case WHOLE -> {
          if (!matches(value, "-?[0-9]{1,9}")) {
            findings.add(value, field.name() + ": " + value.kind(), "a whole number");
          }
        }
        case FLAG -> {
          if (!matches(value, "true|false")) {
            findings.add(value, field.name() + ": " + value.kind(), "true or false");
          }
        }
        case NUMBER -> {
          if (!matches(value, "-?[0-9]{1,9}(\\.[0-9]{1,6})?")) {
            findings.add(value, field.name() + ": " + value.kind(), "a number");
          }
        }
        case STEPS -> steps(field);
        case FROM, BRANCH, POLICY, HANDLER, NO_HANDLER ->
            shape(field.name(), field.key(), field.value());
        case EXPRESSION -> holder(field);
        case BRANCHES -> branches(field);
        case NAMES -> names(field);
        case PARAMETERS -> parameters(field);
        case VARIABLES -> variables(field);
        case CLAUSES -> clauses(field);
      }
    }

    private void text(Node.Field field, String expected) {
      if (!(field.value() instanceof Node.Text text)
          || text.isNothing()
          || text.value().isBlank()) {
        findings.add(field.key(), field.name() + ": " + field.value().kind(), expected);
      }
    }

    /** Placeholders are filled in when the route is loaded. */
    private static boolean matches(Node value, String pattern) {
      return value instanceof Node.Text text
          && (text.value().matches(pattern) || text.value().matches("\\{\\{.+}}"));
    }

    private void steps(Node.Field field) {
      if (!(field.value() instanceof Node.Items items)) {
        findings.add(field.key(), field.name() + ": " + field.value().kind(), "a list of steps");
        return;
      }
      for (Node item : items.items()) {
        Node.Field only = only(item, "a pattern such as step, to or setBody");
        if (only == null) {
          continue;
        }
        if (Grammar.isPattern(only.name())) {
          shape(only.name(), only.key(), only.value());
        } else {
          findings.add(
              only.key(),
              only.name(),
              Grammar.OTHER_PATTERNS.contains(only.name())
                  ? "another pattern: Drover does not load this one of Camel's"
                  : "one of " + String.join(", ", new TreeSet<>(Grammar.patterns())),
              only.name(),
              Grammar.patterns());
        }
      }
    }

    private void holder(Node.Field field) {
      if (!(field.value() instanceof Node.Fields fields) || fields.fields().size() != 1) {
        findings.add(
            field.key(),
            field.name() + ": " + field.value().kind(),
            "one expression: " + String.join(", ", Grammar.LANGUAGES));
        return;
      }
      Node.Field language = fields.fields().get(0);
      if (Grammar.isLanguage(language.name())) {
        expression(language);
      } else {
        findings.add(
            language.key(),
            language.name() + " in " + field.name(),
            "one of " + String.join(", ", Grammar.LANGUAGES),
            language.name(),
            Grammar.LANGUAGES);
      }
    }

    private void expression(Node.Field language) {
      if (language.name().equals("expression")) {
        holder(language);
        return;
      }
      if (language.name().equals("method")) {
        shape("method", language.key(), language.value());
        return;
      }
      boolean tokenizer = language.name().equals("tokenize");
      List<String> options =
          tokenizer ? List.of("token", "trim") : List.of("expression", "resultType", "trim");
      if (language.value() instanceof Node.Text text) {
        if (text.isNothing()) {
          findings.add(language.key(), language.name() + ": nothing", "a text, \"\" for none");
        }
      } else if (language.value() instanceof Node.Fields fields) {
        for (Node.Field field : fields.fields()) {
          if (options.contains(field.name())) {
            if (!(field.value() instanceof Node.Text)) {
              findings.add(field.key(), field.name() + ": " + field.value().kind(), "a text");
            }
          } else if (Grammar.LANGUAGES.contains(language.name())) {
            findings.add(
                field.key(),
                field.name() + " in " + language.name(),
                "one of " + String.join(", ", options),
                field.name(),
                options);
          }
        }
        Node.Text type = fields.text("resultType");
        Node.Text number = language.name().equals("constant") ? fields.text("expression") : null;
        if (type != null
            && number != null
            && type.value().matches("int|long|java.lang.(Integer|Long)")
            && !number.value().matches("-?[0-9]{1,18}|\\{\\{.+}}")) {
          findings.add(number, "constant " + number.kind(), "a whole number");
        }
        if (fields.field(options.get(0)) == null) {
          findings.add(
              language.key(), language.name() + " without " + options.get(0), options.get(0));
        }
      } else {
        findings.add(language.key(), language.name() + ": a list", "a text");
      }
    }

    private void branches(Node.Field field) {
      if (!(field.value() instanceof Node.Items items) || items.items().isEmpty()) {
        findings.add(field.key(), field.name() + ": " + field.value().kind(), "a list of branches");
        return;
      }
      for (Node item : items.items()) {
        if (item instanceof Node.Fields) {
          shape(field.name(), new Node.Text(field.name(), true, item.from(), item.to()), item);
        } else {
          findings.add(item, item.kind(), "an object with its steps");
        }
      }
    }

    private void names(Node.Field field) {
      if (!(field.value() instanceof Node.Items items) || items.items().isEmpty()) {
        findings.add(field.key(), field.name() + ": " + field.value().kind(), "a list of names");
        return;
      }
      for (Node item : items.items()) {
        if (!(item instanceof Node.Text text) || text.isNothing()) {
          findings.add(item, item.kind(), "a name");
        }
      }
    }

    private void parameters(Node.Field field) {
      if (!(field.value() instanceof Node.Fields fields)) {
        findings.add(
            field.key(),
            field.name() + ": " + field.value().kind(),
            "an object of names and values");
        return;
      }
      for (Node.Field parameter : fields.fields()) {
        if (!(parameter.value() instanceof Node.Text text) || text.isNothing()) {
          findings.add(
              parameter.key(), parameter.name() + ": " + parameter.value().kind(), "a text");
        }
      }
    }

    private void variables(Node.Field field) {
      if (!(field.value() instanceof Node.Items items) || items.items().isEmpty()) {
        findings.add(field.key(), field.name() + ": " + field.value().kind(), "a list");
        return;
      }
      for (Node item : items.items()) {
        if (item instanceof Node.Fields) {
          shape("setVariable", new Node.Text(field.name(), true, item.from(), item.to()), item);
        } else {
          findings.add(item, item.kind(), "an object with a name and an expression");
        }
      }
    }

    private void clauses(Node.Field field) {
      if (!(field.value() instanceof Node.Items items)) {
        findings.add(field.key(), field.name() + ": " + field.value().kind(), "a list");
        return;
      }
      for (Node item : items.items()) {
        Node.Field only = only(item, "onException");
        if (only != null && only.name().equals("onException")) {
          shape("onException", only.key(), only.value());
        } else if (only != null) {
          findings.add(only.key(), only.name(), "onException");
        }
      }
    }
  }
}
