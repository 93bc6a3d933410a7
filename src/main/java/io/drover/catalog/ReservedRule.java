package io.drover.catalog;

import java.util.regex.Matcher;

/** Some of our own beans are safe in one place alone; a packaged runbook says why it is that. */
final class ReservedRule implements Rule {

  @Override
  public String name() {
    return "reserved";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      Node.Text ref = block.is("process", "bean") ? block.text("ref") : null;
      Node.Text method = block.text("method");
      Bean bean = ref == null ? null : known.beans().get(ref.value());
      if (ref == null || bean == null) {
        continue;
      }
      if (block.is("process") && bean.uses().contains(Bean.Use.SHIPPED)) {
        refuse(ref, ref.value(), findings);
      } else if (method != null && bean.shipped().contains(method.value())) {
        refuse(method, ref.value() + "." + method.value(), findings);
      }
    }
    Texts.each(
        file.root(),
        (name, text) -> {
          for (Matcher call : BeansRule.calls(text.value())) {
            Bean bean = known.beans().get(call.group(1));
            if (bean != null && call.group(3) != null && bean.shipped().contains(call.group(3))) {
              refuse(text, call.group(1) + "." + call.group(3), findings);
            }
          }
        });
  }

  private static void refuse(Node at, String what, Findings findings) {
    findings.add(at, what, "a bean that is not reserved for Drover's own runbooks");
  }
}
