package io.drover.chargeback;

import io.drover.report.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A statement for a chat: short, in a block of text whose columns stand under each other. */
public final class StatementText {
  private static final int DEPARTMENTS = 15;
  private static final int VMS = 20;
  private static final int NAME = 24;

  private StatementText() {}

  /** Departments, the costliest (or else the largest) first. */
  public static String summary(Statement statement) {
    List<Map.Entry<String, Statement.Sum>> departments =
        new ArrayList<>(statement.departments().entrySet());
    departments.sort((a, b) -> compare(b.getValue(), a.getValue()));
    StringBuilder text = new StringBuilder();
    text.append("*Chargeback of ").append(Texts.line(statement.system(), NAME)).append(", ");
    text.append(statement.day()).append("*\n```\n");
    row(text, "Department", "VMs", "vCPU", "Memory GiB", "Storage GiB", cost(statement));
    for (Map.Entry<String, Statement.Sum> each :
        departments.subList(0, Math.min(DEPARTMENTS, departments.size()))) {
      row(text, Texts.line(each.getKey(), NAME), each.getValue());
    }
    row(text, "All", statement.total());
    text.append("```\n");
    if (departments.size() > DEPARTMENTS) {
      text.append(departments.size() - DEPARTMENTS).append(" more departments in the report. ");
    }
    if (!statement.sure()) {
      text.append(":warning: It could not be made sure that no VM is missing. ");
    }
    if (statement.incompleteCount() > 0) {
      text.append(statement.incompleteCount()).append(" VMs were told incompletely. ");
    }
    text.append("The report is kept with execution ").append(statement.execution());
    return text.toString();
  }

  private static String cost(Statement statement) {
    return statement.currency() == null ? "" : statement.currency() + " a month";
  }

  private static int compare(Statement.Sum a, Statement.Sum b) {
    return a.cost() != null && b.cost() != null
        ? a.cost().compareTo(b.cost())
        : Long.compare(vms(a), vms(b));
  }

  private static long vms(Statement.Sum sum) {
    return sum.usage().vmsOn() + sum.usage().vmsOff();
  }

  private static void row(StringBuilder text, String name, Statement.Sum sum) {
    Usage usage = sum.usage();
    row(
        text,
        name,
        String.valueOf(vms(sum)),
        String.valueOf(usage.vcpusOn() + usage.vcpusOff()),
        Usage.shownGib(Math.addExact(usage.memoryBytesOn(), usage.memoryBytesOff())).toString(),
        Usage.shownGib(usage.storageBytes()).toString(),
        sum.cost() == null ? "" : sum.cost().toPlainString());
  }

  private static void row(StringBuilder text, String name, String... cells) {
    text.append(name).append(" ".repeat(Math.max(0, NAME - name.codePointCount(0, name.length()))));
    for (String cell : cells) {
      text.append(String.format(" %12s", cell));
    }
    text.append('\n');
  }

  /** VMs that nobody answers for. */
  public static String withoutOwner(Statement statement) {
    StringBuilder text = new StringBuilder();
    text.append(":label: *").append(statement.withoutOwnerCount());
    text.append(" VMs of ")
        .append(Texts.line(statement.system(), NAME))
        .append(" without an owner*\n```\n");
    for (Statement.Named vm :
        statement.withoutOwner().subList(0, Math.min(VMS, statement.withoutOwner().size()))) {
      text.append(Texts.line(vm.name(), 60)).append("  cluster ");
      text.append(vm.cluster() == null ? "unknown" : Texts.line(vm.cluster(), 40))
          .append(", made by ");
      text.append(vm.creator() == null ? "nobody known" : Texts.line(vm.creator(), 40))
          .append('\n');
    }
    text.append("```\n");
    if (statement.withoutOwnerCount() > VMS) {
      text.append("And ").append(statement.withoutOwnerCount() - VMS).append(" more: ");
    }
    text.append("without-owner.csv of execution ").append(statement.execution());
    return text.toString();
  }
}
