package io.drover.runtime.migration;

import io.drover.report.Texts;
import io.drover.wave.Waves;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** A wave as a table, for those who keep records. */
final class WaveCsv {
  private static final List<String> FACTS =
      List.of(
          "instanceUuid",
          "biosUuid",
          "level",
          "readiness",
          "readinessAt",
          "approvedBy",
          "approval",
          "times");

  private WaveCsv() {}

  static void write(List<Waves.Vm> vms, Writer out) throws IOException {
    List<String> header =
        new ArrayList<>(List.of("vm", "name", "phase", "told", "extId", "progress"));
    header.addAll(FACTS);
    try (CSVPrinter csv =
        new CSVPrinter(
            out, CSVFormat.RFC4180.builder().setHeader(header.toArray(String[]::new)).get())) {
      for (Waves.Vm vm : vms) {
        List<String> row = new ArrayList<>();
        for (Object each :
            new @Nullable Object[] {
              vm.vm(), vm.name(), vm.phase(), vm.told(), vm.extId(), vm.progress()
            }) {
          row.add(cell(each));
        }
        FACTS.forEach(fact -> row.add(cell(vm.facts().get(fact))));
        csv.printRecord(row);
      }
    }
  }

  /** Names come from outside; a table program must not take one for a formula. */
  private static String cell(@Nullable Object value) {
    return value == null ? "" : Texts.cell(value.toString());
  }
}
