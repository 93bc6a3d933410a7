package io.drover.runtime.drift;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import io.drover.chargeback.VmUsage;
import io.drover.drift.Drift;
import io.drover.drift.Finding;
import io.drover.drift.FindingsText;
import io.drover.drift.VmFacts;
import io.drover.execution.Artifacts;
import io.drover.inventory.Labels;
import io.drover.odata.VerifiedScan;
import io.drover.runtime.StepContext;
import io.drover.runtime.inventory.InventoryBlocks;
import io.drover.runtime.servicenow.Cmdb;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/** What the drift runbook decides in Java, by the names that its route uses. */
public final class DriftBlocks {
  private static final String INVENTORY = "prism-vms.jsonl";
  private static final String FINDINGS = "cmdb-drift.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Labels.Keys keys;
  private final Artifacts artifacts;

  DriftBlocks(Labels.Keys keys, Artifacts artifacts) {
    this.keys = keys;
    this.artifacts = artifacts;
  }

  /** Body: a page of a scan; what it says afterwards. */
  @SuppressWarnings("unchecked")
  public void facts(Exchange exchange) {
    VerifiedScan.Part<Map<String, Object>> page =
        exchange.getMessage().getBody(VerifiedScan.Part.class);
    Labels categories = InventoryBlocks.labels(exchange);
    List<VmFacts> vms = new ArrayList<>();
    for (Map<String, Object> row : page.rows()) {
      Map<String, String> labels = categories.of(VmUsage.categories(row));
      vms.add(
          new VmFacts(
              String.valueOf(row.get("extId")),
              String.valueOf(row.get("name")),
              labels.getOrDefault(keys.owner(), ""),
              labels.getOrDefault(keys.environment(), ""),
              !"OFF".equals(row.get("powerState"))));
    }
    exchange.getMessage().setBody(new Facts(page.pass(), vms));
  }

  /**
   * Body: what the last pass said. Keeps it; leaves how many VMs there are and how sure that is.
   */
  public Map<String, Object> keep(Exchange exchange) throws IOException {
    List<VmFacts> vms = exchange.getMessage().getBody(Facts.class).vms();
    ObjectWriter writer = JSON.writerFor(VmFacts.class).withRootValueSeparator("\n");
    try (OutputStream out = artifacts.create(execution(exchange), INVENTORY, "application/jsonl");
        SequenceWriter lines = writer.writeValues(out)) {
      for (VmFacts vm : vms) {
        lines.write(vm);
      }
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("vms", vms.size());
    told.put("sure", InventoryBlocks.result(exchange).sure());
    InventoryBlocks.end(exchange);
    return told;
  }

  /** Body: the CMDB's items. Keeps the findings; leaves the figures that matter next. */
  public Map<String, Object> compare(Exchange exchange) throws IOException {
    Cmdb.Items items = exchange.getMessage().getBody(Cmdb.Items.class);
    List<VmFacts> vms = new ArrayList<>();
    try (InputStream in = artifacts.open(execution(exchange), INVENTORY);
        MappingIterator<VmFacts> lines = JSON.readerFor(VmFacts.class).readValues(in)) {
      lines.forEachRemaining(vms::add);
    }
    List<Finding> findings = Drift.between(vms, items.items());
    try (OutputStream out = artifacts.create(execution(exchange), FINDINGS, "application/json")) {
      JSON.writeValue(out, findings);
    }
    try (Writer out =
        new OutputStreamWriter(
            artifacts.create(execution(exchange), "cmdb-drift.csv", "text/csv;charset=utf-8"),
            StandardCharsets.UTF_8)) {
      FindingsText.csv(findings, out);
    }
    Map<?, ?> inventory = exchange.getVariable("inventory", Map.class);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("system", exchange.getVariable("system"));
    figures.put("vms", vms.size());
    figures.put("items", items.items().size());
    figures.put("findings", findings.size());
    FindingsText.counts(findings).forEach((kind, count) -> figures.put(kind.name(), count));
    figures.put("prismSure", Boolean.TRUE.equals(inventory.get("sure")));
    figures.put("cmdbSure", items.sure());
    return figures;
  }

  /** One sentence: for the execution's end and as the incident's title. */
  public String summary(Exchange exchange) {
    Map<?, ?> figures = exchange.getVariable("figures", Map.class);
    return figures.get("findings")
        + " differences between Prism and the CMDB for "
        + figures.get("system")
        + " ("
        + figures.get("vms")
        + " VMs, "
        + figures.get("items")
        + " items)"
        + doubts(figures);
  }

  private static String doubts(Map<?, ?> figures) {
    List<String> doubts = new ArrayList<>();
    if (!Boolean.TRUE.equals(figures.get("prismSure"))) {
      doubts.add("the inventory in Prism never held still");
    }
    if (!Boolean.TRUE.equals(figures.get("cmdbSure"))) {
      doubts.add("not all items that ServiceNow counts could be read");
    }
    return doubts.isEmpty()
        ? ""
        : "; some may be missing on a side: " + String.join(", and ", doubts);
  }

  /** The compact table for a chat. */
  public String announcement(Exchange exchange) throws IOException {
    return "*"
        + summary(exchange)
        + "*\n```\n"
        + FindingsText.table(findings(exchange))
        + "```\nAll of them: cmdb-drift.csv of execution "
        + execution(exchange);
  }

  /** What the incident of this list of findings says. */
  public Map<String, Object> incident(Exchange exchange) throws IOException {
    List<Finding> findings = findings(exchange);
    Map<String, Object> incident = new LinkedHashMap<>();
    incident.put("key", "drover/cmdb-drift/" + exchange.getVariable("system"));
    incident.put("execution", execution(exchange));
    incident.put("findings", findings.size());
    incident.put("summary", summary(exchange));
    incident.put(
        "description",
        FindingsText.table(findings)
            + "\nAll of them: cmdb-drift.csv of Drover's execution "
            + execution(exchange));
    return incident;
  }

  private List<Finding> findings(Exchange exchange) throws IOException {
    try (InputStream in = artifacts.open(execution(exchange), FINDINGS)) {
      return JSON.readerForListOf(Finding.class).readValue(in);
    }
  }

  private static String execution(Exchange exchange) {
    return StepContext.of(exchange).key().execution();
  }
}
