package io.drover.chargeback;

import io.drover.report.Texts;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** A statement's lines as CSV (RFC 4180); text that looks like a formula is made harmless. */
public final class StatementCsv {
  static final List<String> USAGE =
      List.of(
          "VMs on",
          "VMs off",
          "vCPU on",
          "vCPU off",
          "Memory GiB on",
          "Memory GiB off",
          "Storage GiB");

  private StatementCsv() {}

  /** Each group's usage. */
  public static void lines(Statement statement, Writer out) throws IOException {
    List<String> header = new ArrayList<>(List.of("Department", "Owner", "Environment"));
    header.addAll(USAGE);
    header.addAll(List.of("Cost a month", "Currency"));
    try (CSVPrinter csv = print(out, header)) {
      for (Statement.Line line : statement.lines()) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(Texts.cell(line.department()));
        row.add(Texts.cell(line.owner()));
        row.add(Texts.cell(line.environment()));
        row.addAll(usage(line.usage()));
        row.add(line.cost());
        row.add(line.cost() == null ? null : statement.currency());
        csv.printRecord(row);
      }
    }
  }

  /** VMs that need a look. */
  public static void named(List<Statement.Named> vms, Writer out) throws IOException {
    try (CSVPrinter csv =
        print(out, List.of("VM", "extId", "Cluster", "Created by", "Missing fields"))) {
      for (Statement.Named vm : vms) {
        csv.printRecord(cells(vm));
      }
    }
  }

  static List<@Nullable Object> cells(Statement.Named vm) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(Texts.cell(vm.name()));
    row.add(Texts.cell(vm.extId()));
    row.add(vm.cluster() == null ? null : Texts.cell(vm.cluster()));
    row.add(vm.creator() == null ? null : Texts.cell(vm.creator()));
    row.add(String.join(" ", vm.missing()));
    return row;
  }

  static List<Object> usage(Usage usage) {
    return List.of(
        usage.vmsOn(),
        usage.vmsOff(),
        usage.vcpusOn(),
        usage.vcpusOff(),
        Usage.shownGib(usage.memoryBytesOn()),
        Usage.shownGib(usage.memoryBytesOff()),
        Usage.shownGib(usage.storageBytes()));
  }

  private static CSVPrinter print(Writer out, List<String> header) throws IOException {
    return new CSVPrinter(
        out, CSVFormat.RFC4180.builder().setHeader(header.toArray(new String[0])).get());
  }
}
