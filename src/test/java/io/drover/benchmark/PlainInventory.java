package io.drover.benchmark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.drover.testing.SimulatorProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What anyone would write in an afternoon: the JDK's HTTP client, one page after the other, parsed
 * from the socket into the same sums. No history, no retry, no rate tiers, one pass.
 */
final class PlainInventory {
  private static final String FIELDS =
      "extId,name,powerState,numSockets,numCoresPerSocket,numThreadsPerCore,memorySizeBytes,"
          + "cluster,ownershipInfo,categories,disks";

  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonFactory json = new JsonFactory();
  private final String prism;
  private final String who;
  private final Map<String, String[]> categories = new HashMap<>();
  private final Map<String, long[]> sums = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private long total;

  PlainInventory(SimulatorProcess simulator) {
    prism = simulator.url("prism");
    who =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(
                    (simulator.username() + ":" + simulator.password())
                        .getBytes(StandardCharsets.UTF_8));
  }

  /** Reads everything; gives how many VMs there are. */
  long run() throws IOException, InterruptedException {
    sums.clear();
    seen.clear();
    categories.clear();
    read("/api/prism/v4.2/config/categories", "extId,key,value", "key", this::category);
    read("/api/vmm/v4.2/ahv/config/vms", FIELDS, "name", this::vm);
    return sums.values().stream().mapToLong(each -> each[0] + each[1]).sum();
  }

  private interface Row {
    void read(JsonParser parser) throws IOException;
  }

  private void read(String path, String select, String order, Row row)
      throws IOException, InterruptedException {
    long rows = 0;
    total = Long.MAX_VALUE;
    for (int page = 0; rows < total; page++) {
      String query =
          "?%24page=" + page + "&%24limit=100&%24orderby=" + order + "&%24select=" + select;
      HttpResponse<InputStream> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(prism + path + query))
                  .header("Authorization", who)
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (JsonParser parser = json.createParser(answer.body())) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String field = parser.currentName();
          parser.nextToken();
          if (field.equals("data")) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
              row.read(parser);
              rows++;
            }
          } else if (field.equals("metadata")) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
              String name = parser.currentName();
              parser.nextToken();
              if (name.equals("totalAvailableResults")) {
                total = parser.getLongValue();
              } else {
                parser.skipChildren();
              }
            }
          } else {
            parser.skipChildren();
          }
        }
      }
    }
  }

  private void category(JsonParser parser) throws IOException {
    String extId = "";
    String key = "";
    String value = "";
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "extId" -> extId = parser.getText();
        case "key" -> key = parser.getText();
        case "value" -> value = parser.getText();
        default -> parser.skipChildren();
      }
    }
    categories.put(extId, new String[] {key, value});
  }

  private void vm(JsonParser parser) throws IOException {
    String extId = "";
    boolean on = false;
    long vcpus = 1;
    long memory = 0;
    long storage = 0;
    List<String> own = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "extId" -> extId = parser.getText();
        case "powerState" -> on = !parser.getText().equals("OFF");
        case "numSockets", "numCoresPerSocket", "numThreadsPerCore" ->
            vcpus *= parser.getLongValue();
        case "memorySizeBytes" -> memory = parser.getLongValue();
        case "categories" -> {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
              parser.nextToken();
              own.add(parser.getText());
            }
          }
        }
        case "disks" -> storage = disks(parser);
        default -> parser.skipChildren();
      }
    }
    if (seen.add(extId)) {
      add(own, on, vcpus, memory, storage);
    }
  }

  private static long disks(JsonParser parser) throws IOException {
    long bytes = 0;
    int depth = 1;
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.FIELD_NAME && parser.currentName().equals("diskSizeBytes")) {
        parser.nextToken();
        bytes += parser.getLongValue();
      }
    }
    return bytes;
  }

  private void add(List<String> own, boolean on, long vcpus, long memory, long storage) {
    Map<String, String> labels = new HashMap<>();
    for (String id : own) {
      String[] category = categories.get(id);
      if (category != null) {
        labels.put(category[0], category[1]);
      }
    }
    String group =
        labels.get("Department") + "/" + labels.get("Owner") + "/" + labels.get("Environment");
    long[] sum = sums.computeIfAbsent(group, any -> new long[7]);
    sum[on ? 0 : 1]++;
    sum[on ? 2 : 3] += vcpus;
    sum[on ? 4 : 5] += memory;
    sum[6] += storage;
  }
}
