package io.drover.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.catalog.RouteSchema;
import io.drover.execution.Runbooks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.NoSuchElementException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/api/v1/schemas", produces = "application/schema+json")
@Tag(name = "Schemas", description = "JSON Schemas for editors and forms")
class SchemasApi {
  private final JsonNode routes = RouteSchema.generate();
  private final Runbooks runbooks;

  SchemasApi(Runbooks runbooks) {
    this.runbooks = runbooks;
  }

  @GetMapping("/routes")
  @Operation(summary = "Of route files: what Drover loads of Camel's YAML, with its Kamelets")
  JsonNode routes() {
    return routes;
  }

  @GetMapping("/runbooks/{name}")
  @Operation(summary = "Of the inputs of a runbook")
  JsonNode runbook(@PathVariable String name) {
    JsonNode schema = runbooks.find(name).map(runbook -> Views.json(runbook.schema())).orElse(null);
    if (schema == null) {
      throw new NoSuchElementException("There is no runbook " + name);
    }
    return schema;
  }
}
