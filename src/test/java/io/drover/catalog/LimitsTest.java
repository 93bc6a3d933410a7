package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files made to exhaust who reads them are refused before they can. */
class LimitsTest {
  private static final long MOST_ALLOCATED = 64L << 20;
  private static final Known KNOWN = Known.packaged();

  /** Each text as long as it may be, each made to be looked at from every place in it. */
  private static String functions() {
    StringBuilder file =
        new StringBuilder("- route:\n    id: mine\n    from:\n      uri: direct:mine\n");
    file.append("      steps:\n");
    for (int i = 0; i < 30; i++) {
      file.append("        - setBody:\n            simple: '").append("${".repeat(8_000));
      file.append("'\n");
    }
    return file.toString();
  }

  private static String bomb() {
    StringBuilder bomb = new StringBuilder("- &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("- &a").append(i).append(" [");
      bomb.append(("*a" + (i - 1) + ", ").repeat(8)).append("x]\n");
    }
    return bomb.toString();
  }

  @Test
  @Timeout(120) // it is about hours: a rule that looks at a text from each of its characters
  void nothingIsReadFurtherThanItMayGo(@TempDir Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    files.put("alias bomb", bomb());
    files.put("alias of itself", "- &a [ *a ]\n");
    files.put("deep lists", "- " + "[".repeat(100_000));
    files.put("deep objects", "- " + "{a: ".repeat(100_000));
    files.put("deep blocks", "- ".repeat(60_000) + "x");
    files.put("wide", "- x\n".repeat(120_000));
    files.put("one long line", "- route: { id: \"" + "x".repeat(500_000));
    files.put("one long key", "? " + "k".repeat(500_000) + "\n: v");
    files.put("50 MB", "- step: { id: a }\n".repeat(50 * 1024 * 1024 / 18));
    files.put("50 MB of spaces", " ".repeat(50 * 1024 * 1024));
    for (String each : List.of("[", "\"", "&a ", "- ", "{a: ", "a\n")) {
      files.put("50 MB of " + each.strip(), each.repeat(50 * 1024 * 1024 / each.length()));
    }
    for (String each : List.of("'", "|\n", "- &a *a\n", "\r", "? ", "{{a:", "%7B")) {
      files.put("512 KiB of " + each.strip(), each.repeat(500 * 1024 / each.length()));
    }
    files.put("many open functions", functions());
    StringBuilder figures = new StringBuilder();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Catalog catalog = new Catalog();
    for (Map.Entry<String, String> each : files.entrySet()) {
      Path file = folder.resolve("mine.camel.yaml");
      Files.write(file, each.getValue().getBytes(StandardCharsets.UTF_8));
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      long begin = System.nanoTime();
      List<Finding> findings = catalog.check("mine.camel.yaml", catalog.read(file), KNOWN);
      long millis = (System.nanoTime() - begin) / 1_000_000;
      long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      figures.append(String.format(", %s %d ms %d KiB", each.getKey(), millis, allocated / 1024));
      assertThat(findings).as(each.getKey()).isNotEmpty();
      assertThat(findings.get(0).rule()).as(each.getKey()).isEqualTo(YamlText.RULE);
      assertThat(allocated).as(each.getKey()).isLessThan(MOST_ALLOCATED);
    }
    for (String each :
        List.of(
            "- step: { id: LONG, steps: [ { log: x } ] }",
            "- to: \"kamelet:LONG\"",
            "- bean: { ref: patch, method: \"plan(LONG)\" }",
            "- step: { id: a, steps: [ { to: \"approval:a?approvers=user:aLONG\" } ] }",
            "- filter: { simple: \"${body} == 'LONG'\", steps: [ { log: x } ] }")) {
      String fill = each.contains("user") ? ",user:a" : each.contains("plan") ? "'a'," : "a-";
      String text =
          "- route: { id: mine, description: x, from: { uri: \"runbook:mine\", steps: [\n"
              + each.substring(2)
                  .replaceFirst("(.*)", "{ $1 }")
                  .replace("LONG", fill.repeat(14_000 / fill.length()))
              + "\n] } }\n";
      assertThat(catalog.check("mine.camel.yaml", text.getBytes(StandardCharsets.UTF_8), KNOWN))
          .as(each)
          .noneMatch(finding -> finding.found().contains("too long to be checked"));
    }
    int wrong = 4_000;
    String many =
        "- route:\n    id: mine\n    description: x\n    from:\n      uri: runbook:mine\n      steps:\n"
            + "        - to: \"kamelet:prism-get-vmm-action\"\n".repeat(wrong);
    List<Finding> told =
        catalog.check("mine.camel.yaml", many.getBytes(StandardCharsets.UTF_8), KNOWN);
    assertThat(told).hasSizeBetween(200, 201);
    assertThat(told.get(200).found()).contains("findings more");
    System.out.println("LIMITS MATRIX: files " + files.size() + figures);
  }
}
