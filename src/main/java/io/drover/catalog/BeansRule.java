package io.drover.catalog;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Routes name only those beans and methods that are made for them. The registry holds everything
 * that Drover consists of, the ledger's data source included.
 */
final class BeansRule implements Rule {
  private static final Pattern FUNCTION = Pattern.compile("bean:([^?]*)(\\?method=(.*))?");
  static final Pattern METHOD =
      Pattern.compile(
          "([A-Za-z][A-Za-z0-9]*)(\\((('[A-Za-z0-9 _.-]*'|true|false|[0-9]+)"
              + "(, ?('[A-Za-z0-9 _.-]*'|true|false|[0-9]+)){0,20})?\\))?");

  @Override
  public String name() {
    return "beans";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Look look = new Look(known, findings);
    for (Block block : file.blocks()) {
      switch (block.name()) {
        case "process" -> look.process(block);
        case "bean" -> look.method(block.text("ref"), block.text("method"), block.key());
        case "split" -> look.strategy(block);
        default -> {
          // names none
        }
      }
      look.language(block);
    }
    Texts.each(
        file.root(),
        (name, text) -> {
          for (String function : Texts.functions(text.value())) {
            if (function.startsWith("bean:") && !Texts.isOpen(function)) {
              look.function(text, function);
            }
          }
        });
  }

  private record Look(Known known, Findings findings) {

    void process(Block block) {
      Node.Text ref = block.text("ref");
      if (ref == null) {
        return;
      }
      boolean trigger = RouteFile.isTrigger(block.top());
      Bean.Use use = trigger ? Bean.Use.TRIGGER : Bean.Use.STEP;
      Bean bean = known.beans().get(ref.value());
      if (bean != null && bean.uses().contains(Bean.Use.SHIPPED)) {
        return; // the reserved rule's
      }
      if (bean == null || !bean.uses().contains(use)) {
        Set<String> valid = named(use);
        findings.add(
            ref,
            "process " + ref.value(),
            (trigger ? "in a trigger" : "in a runbook") + " one of " + String.join(", ", valid),
            ref.value(),
            valid);
      }
    }

    void strategy(Block block) {
      Node.Text strategy = block.text("aggregationStrategy");
      if (strategy == null) {
        return;
      }
      String name = strategy.value().replaceFirst("^#", "");
      Bean bean = known.beans().get(name);
      boolean reference = strategy.value().startsWith("#");
      if (!reference || bean == null || !bean.uses().contains(Bean.Use.STRATEGY)) {
        Set<String> valid = named(Bean.Use.STRATEGY);
        findings.add(
            strategy,
            "aggregationStrategy " + strategy.value(),
            "one of #" + String.join(", #", valid),
            name,
            valid);
      }
    }

    void language(Block block) {
      if (!(block.value() instanceof Node.Fields fields)) {
        return;
      }
      for (Node.Field field : fields.fields()) {
        Node held = field.value();
        if (field.name().equals("method") && held instanceof Node.Fields method) {
          method(method.text("ref"), method.text("method"), field.key());
        } else if (Grammar.kindOf(field.name()) == Grammar.Kind.EXPRESSION
            && held instanceof Node.Fields inner
            && inner.value("method") instanceof Node.Fields method) {
          method(method.text("ref"), method.text("method"), field.key());
        }
      }
    }

    void function(Node.Text at, String function) {
      Matcher parts = FUNCTION.matcher(function);
      if (!parts.matches()) {
        findings.add(at, "${" + function + "}", "bean:NAME?method=METHOD");
        return;
      }
      Node.Text ref = new Node.Text(parts.group(1), true, at.from(), at.to());
      Node.Text method =
          parts.group(3) == null ? null : new Node.Text(parts.group(3), true, at.from(), at.to());
      method(ref, method, at);
    }

    void method(
        Node.@org.jspecify.annotations.Nullable Text ref,
        Node.@org.jspecify.annotations.Nullable Text method,
        Node at) {
      if (ref == null) {
        return;
      }
      Bean bean = known.beans().get(ref.value());
      if (bean == null || (bean.methods().isEmpty() && bean.shipped().isEmpty())) {
        Set<String> valid = callable();
        findings.add(
            ref,
            "bean " + ref.value(),
            "a bean for routes: " + String.join(", ", valid),
            ref.value(),
            valid);
        return;
      }
      if (method == null) {
        findings.add(at, "bean " + ref.value() + " without a method", methods(bean));
        return;
      }
      Matcher call = METHOD.matcher(method.value());
      if (!call.matches()) {
        findings.add(
            method,
            "method " + method.value(),
            "the name of a method, with no arguments but constants");
      } else if (!bean.methods().contains(call.group(1))
          && !bean.shipped().contains(call.group(1))) {
        findings.add(
            method,
            "method " + call.group(1) + " of " + ref.value(),
            methods(bean),
            call.group(1),
            bean.methods());
      }
    }

    private static String methods(Bean bean) {
      return "one of " + String.join(", ", new TreeSet<>(bean.methods()));
    }

    private Set<String> named(Bean.Use use) {
      Set<String> names = new TreeSet<>();
      known.beans().values().stream()
          .filter(bean -> bean.uses().contains(use))
          .forEach(bean -> names.add(bean.name()));
      return names;
    }

    private Set<String> callable() {
      Set<String> names = new TreeSet<>();
      known.beans().values().stream()
          .filter(bean -> !bean.methods().isEmpty())
          .forEach(bean -> names.add(bean.name()));
      return names;
    }
  }

  /** The bean and method of every call in a text. */
  static List<Matcher> calls(String text) {
    return Texts.functions(text).stream()
        .filter(function -> function.startsWith("bean:"))
        .map(FUNCTION::matcher)
        .filter(Matcher::matches)
        .toList();
  }
}
