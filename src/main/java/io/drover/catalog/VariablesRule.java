package io.drover.catalog;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A variable that is read is set somewhere in the file; Camel takes any other for nothing. */
final class VariablesRule implements Rule {
  private static final Pattern READ = Pattern.compile("variable\\.([A-Za-z_][A-Za-z0-9_]*).*");
  private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9]*");

  /** Set by Drover when an execution begins, or what it ends on. */
  private static final Set<String> OURS =
      Set.of("inputs", "execution", "requester", "outcome", "outcomeReason");

  @Override
  public String name() {
    return "variables";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Set<String> set = new TreeSet<>(OURS);
    for (Block block : file.blocks()) {
      Node.Text receives = block.text("variableReceive");
      Node.Text name = block.is("setVariable") ? block.text("name") : null;
      if (receives != null) {
        set.add(receives.value());
      }
      if (name != null) {
        set.add(name.value());
      }
      if (block.option("variables") instanceof Node.Items items) {
        for (Node item : items.items()) {
          Node.Text each = item instanceof Node.Fields fields ? fields.text("name") : null;
          if (each != null) {
            set.add(each.value());
          }
        }
      }
    }
    Texts.each(
        file.root(),
        (name, text) -> {
          for (String function : Texts.functions(text.value())) {
            Matcher read = READ.matcher(function);
            if (read.matches() && !set.contains(read.group(1))) {
              unknown(text, read.group(1), set, findings);
            }
          }
          if (name.equals("variable") || name.equals("variableSend")) {
            look(text, set, findings);
          }
        });
    for (Block block : file.blocks()) {
      Uri uri = block.is("from") ? null : block.uri();
      Uri.Option shared =
          uri != null && uri.scheme().equals("runbook") ? uri.option("shared") : null;
      if (shared != null
          && shared.value() != null
          && NAME.matcher(shared.value()).matches()
          && !set.contains(shared.value())) {
        unknown(shared.at(), shared.value(), set, findings);
      }
    }
  }

  private static void look(Node.Text text, Set<String> set, Findings findings) {
    if (!NAME.matcher(text.value()).matches()) {
      findings.add(text, "variable " + text.value(), "the name of a variable in this file");
    } else if (!set.contains(text.value())) {
      unknown(text, text.value(), set, findings);
    }
  }

  private static void unknown(Node at, String name, Set<String> set, Findings findings) {
    findings.add(at, "variable " + name + ", which nothing sets", Findings.oneOf(set), name, set);
  }
}
