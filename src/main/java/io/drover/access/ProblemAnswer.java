package io.drover.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Problems (RFC 9457) that are told before any controller is reached. */
final class ProblemAnswer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ProblemAnswer() {}

  static void unauthorized(HttpServletResponse response) throws IOException {
    response.setHeader("WWW-Authenticate", "Basic realm=\"Drover\", charset=\"UTF-8\"");
    write(response, 401, "Who are you?", "Send a user and password, or a token that is valid");
  }

  static void write(HttpServletResponse response, int status, String title, String detail)
      throws IOException {
    ObjectNode problem = JSON.createObjectNode();
    problem.put("type", "about:blank").put("title", title).put("status", status);
    problem.put("detail", detail);
    response.setStatus(status);
    response.setContentType("application/problem+json");
    response.getOutputStream().write(problem.toString().getBytes(StandardCharsets.UTF_8));
  }
}
