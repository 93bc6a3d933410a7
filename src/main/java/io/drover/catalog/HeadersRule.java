package io.drover.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of headers, properties and variables are constants, and none of Camel's or Drover's own:
 * {@code CamelHttpUri} sends a call elsewhere, {@code CamelFileName} writes elsewhere.
 */
final class HeadersRule implements Rule {
  private static final Pattern VARIABLE = Pattern.compile("[a-z][A-Za-z0-9]*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  /** Set by Drover when an execution begins; a replay must find them as they were. */
  private static final Set<String> OURS = Set.of("inputs", "execution", "requester");

  @Override
  public String name() {
    return "headers";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      switch (block.name()) {
        case "setVariable", "removeVariable" -> variable(block.text("name"), findings);
        case "setHeader", "setProperty", "removeProperty", "removeHeader" ->
            header(block.text("name"), findings);
        case "removeHeaders" -> {
          Node.Text pattern =
              block.value() instanceof Node.Text text ? text : block.text("pattern");
          if (pattern != null && !pattern.value().matches("[A-Za-z0-9_*-]+")) {
            findings.add(pattern, pattern.value(), "a name, with * for any letters");
          }
        }
        case "setVariables", "setHeaders" -> each(block, findings);
        default -> {
          // sets none by name
        }
      }
      for (String option : List.of("variableReceive", "variableSend")) {
        variable(block.text(option), findings);
      }
    }
  }

  private static void each(Block block, Findings findings) {
    boolean variables = block.is("setVariables");
    if (block.option(variables ? "variables" : "headers") instanceof Node.Items items) {
      for (Node item : items.items()) {
        Node.Text name = item instanceof Node.Fields fields ? fields.text("name") : null;
        if (variables) {
          variable(name, findings);
        } else {
          header(name, findings);
        }
      }
    }
  }

  private static void variable(
      Node.@org.jspecify.annotations.Nullable Text name, Findings findings) {
    if (name == null) {
      return;
    }
    if (!VARIABLE.matcher(name.value()).matches()) {
      findings.add(name, "variable " + name.value(), "a constant name in camelCase");
    } else if (OURS.contains(name.value())) {
      findings.add(
          name, "variable " + name.value(), "a name other than " + OURS.stream().sorted().toList());
    }
  }

  private static void header(Node.@org.jspecify.annotations.Nullable Text name, Findings findings) {
    if (name == null) {
      return;
    }
    String lower = name.value().toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name.value()).matches()) {
      findings.add(name, "header or property " + name.value(), "a constant name");
    } else if (lower.startsWith("camel") || lower.equals("stepresumed")) {
      findings.add(
          name, "header or property " + name.value(), "a name that is not Camel's or Drover's own");
    }
  }
}
