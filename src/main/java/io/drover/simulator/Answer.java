package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** An answer about to be given. */
record Answer(int status, @Nullable ObjectNode body, @Nullable String etag) {

  static Answer ok(ObjectNode body) {
    return new Answer(200, body, null);
  }

  static Answer one(ObjectNode row, @Nullable String etag) {
    ObjectNode answer = Json.object();
    answer.set("data", row);
    return new Answer(200, answer, etag);
  }

  /** How a gateway says that it knows no such address: without the v4 envelope. */
  static Answer unknownUrl() {
    return new Answer(
        404,
        Json.object()
            .put(
                "message",
                "The requested URL was not found on the server. If you entered the URL manually"
                    + " please check your spelling and try again."),
        null);
  }

  /**
   * @param arguments names and values, in turn
   */
  static Answer error(
      int status,
      String namespace,
      String code,
      String group,
      String message,
      String... arguments) {
    ObjectNode answer = Json.object();
    String type = namespace + ".v4.error.";
    answer.put("$dataItemDiscriminator", type + "ErrorResponse");
    ObjectNode data = answer.putObject("data");
    data.put("$objectType", type + "ErrorResponse");
    data.put("$errorItemDiscriminator", "List<" + type + "AppMessage>");
    ObjectNode error = data.putArray("error").addObject();
    error
        .put("$objectType", type + "AppMessage")
        .put("code", code)
        .put("errorGroup", group)
        .put("severity", "ERROR")
        .put("locale", namespace.equals("dataprotection") ? "en_US" : "en-US")
        .put("message", message);
    if (arguments.length > 0) {
      ObjectNode map = error.putObject("argumentsMap");
      for (int i = 0; i + 1 < arguments.length; i += 2) {
        map.put(arguments[i], arguments[i + 1]);
      }
    }
    return new Answer(status, answer, null);
  }

  /** What a request gets that breaks the schema: an object, not a list of messages. */
  static Answer schemaError(String namespace, String path, String message) {
    ObjectNode answer = Json.object();
    String type = namespace + ".v4.error.";
    ObjectNode data = answer.putObject("data");
    data.put("$objectType", type + "ErrorResponse");
    data.put("$errorItemDiscriminator", type + "SchemaValidationError");
    ObjectNode error = data.putObject("error");
    error
        .put("$objectType", type + "SchemaValidationError")
        .put("error", "Bad Request")
        .put("path", path)
        .put("statusCode", 400)
        .put("timestamp", World.now().toString());
    error
        .putArray("validationErrorMessages")
        .addObject()
        .put("location", "request")
        .put("message", message);
    return new Answer(400, answer, null);
  }
}
