package io.drover.catalog;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Camel loads whatever class is named; so only these are. */
final class TypesRule implements Rule {
  static final Set<String> VALUES =
      new TreeSet<>(
          List.of(
              "int",
              "java.lang.Integer",
              "long",
              "java.lang.Long",
              "boolean",
              "java.lang.Boolean",
              "double",
              "java.lang.Double",
              "java.lang.String",
              "String",
              "byte[]"));
  static final Set<String> FAILURES =
      new TreeSet<>(List.of("java.lang.Exception", "io.drover.runtime.StepFailedException"));

  @Override
  public String name() {
    return "types";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Texts.each(
        file.root(),
        (name, text) -> {
          if (name.equals("resultType")) {
            look(text, VALUES, findings);
          } else if (name.equals("exception")) {
            look(text, FAILURES, findings);
          }
        });
    for (Block block : file.blocks()) {
      if (block.is("convertBodyTo")) {
        Node.Text type = block.value() instanceof Node.Text text ? text : block.text("type");
        if (type != null) {
          look(type, VALUES, findings);
        }
      } else if (block.is("throwException")) {
        Node.Text type = block.text("exceptionType");
        if (type != null) {
          look(type, Set.of("java.lang.Exception"), findings);
        }
      }
    }
  }

  private static void look(Node.Text type, Set<String> valid, Findings findings) {
    if (!valid.contains(type.value())) {
      findings.add(type, type.value(), "one of " + String.join(", ", valid), type.value(), valid);
    }
  }
}
