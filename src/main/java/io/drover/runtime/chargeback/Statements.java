package io.drover.runtime.chargeback;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drover.chargeback.Statement;
import io.drover.execution.Artifacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Statements as they are kept: one artifact of JSON each. */
final class Statements {
  static final String NAME = "chargeback.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // of a later Drover
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .build();

  private final Artifacts artifacts;

  Statements(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  void keep(Statement statement) throws IOException {
    try (OutputStream out = artifacts.create(statement.execution(), NAME, "application/json")) {
      JSON.writeValue(out, statement);
    }
  }

  /** Empty when the execution kept none, or it was removed since. */
  Optional<Statement> find(String execution) throws IOException {
    if (artifacts.find(execution, NAME).isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = artifacts.open(execution, NAME)) {
      return Optional.of(JSON.readValue(in, Statement.class));
    }
  }
}
