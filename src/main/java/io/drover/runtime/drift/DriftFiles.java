package io.drover.runtime.drift;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drover.drift.Finding;
import io.drover.drift.Summary;
import io.drover.execution.Artifacts;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What the steps of a comparison leave for each other and for people, as artifacts. */
final class DriftFiles {
  static final String FINDINGS = "cmdb-drift.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // of a later Drover
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .build();

  private final Artifacts artifacts;

  DriftFiles(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  /** One JSON object a line; gives how many. */
  int lines(String execution, String name, Iterator<?> rows) throws IOException {
    int count = 0;
    try (OutputStream out =
        new BufferedOutputStream(artifacts.create(execution, name, "application/x-ndjson"))) {
      while (rows.hasNext()) {
        JSON.writeValue(out, rows.next());
        out.write('\n');
        count++;
      }
    }
    return count;
  }

  <T> List<T> lines(String execution, String name, Class<T> type) throws IOException {
    try (InputStream in = new BufferedInputStream(artifacts.open(execution, name));
        MappingIterator<T> rows = JSON.readerFor(type).readValues(in)) {
      return rows.readAll(new ArrayList<>());
    }
  }

  void findings(Summary summary, List<Finding> findings) throws IOException {
    try (OutputStream out =
            new BufferedOutputStream(
                artifacts.create(summary.execution(), FINDINGS, "application/json"));
        JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeFieldName("summary");
      JSON.writeValue(json, summary);
      json.writeArrayFieldStart("findings");
      for (Finding finding : findings) {
        JSON.writeValue(json, finding);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /** What is done with the findings, while their file is open. */
  interface Reading<T> {
    T read(Iterator<Finding> findings) throws IOException;
  }

  <T> T findings(String execution, Reading<T> reading) throws IOException {
    try (InputStream in = new BufferedInputStream(artifacts.open(execution, FINDINGS));
        JsonParser json = JSON.createParser(in)) {
      while (json.nextToken() != JsonToken.START_ARRAY) {
        if (json.currentToken() == null) {
          throw new IOException(FINDINGS + " has no findings");
        }
      }
      json.clearCurrentToken(); // the iterator goes on from inside the array
      return reading.read(JSON.readerFor(Finding.class).readValues(json));
    }
  }

  OutputStream csv(String execution, String name) throws IOException {
    return artifacts.create(execution, name, "text/csv;charset=" + StandardCharsets.UTF_8);
  }
}
