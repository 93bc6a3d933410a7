package io.drover.api;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Map;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the API's own description says of all operations alike. */
@Configuration(proxyBeanMethods = false)
class OpenApi {
  private static final Map<String, String> PROBLEMS =
      Map.of(
          "400", "A parameter or the body is wrong; the detail names it",
          "401", "Nobody, or somebody who is not known",
          "403", "The caller's roles do not allow it",
          "404", "There is no such thing",
          "409", "It does not fit the state that the thing is in",
          "422", "Inputs do not fit the runbook's schema; errors has field, value and expected");

  @Bean
  OpenApiCustomizer problemsEverywhere() {
    return api -> {
      api.info(
          new Info()
              .title("Drover")
              .version("v1")
              .description(
                  "Durable day-2 operations of Nutanix AHV. Errors are RFC 9457 problems."));
      api.getComponents()
          .addSecuritySchemes(
              "password", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("basic"))
          .addSecuritySchemes(
              "token", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
      api.addSecurityItem(new SecurityRequirement().addList("password"));
      api.addSecurityItem(new SecurityRequirement().addList("token"));
      problems(api);
    };
  }

  private static void problems(OpenAPI api) {
    ObjectSchema schema = new ObjectSchema();
    schema.addProperty("title", new StringSchema());
    schema.addProperty("status", new io.swagger.v3.oas.models.media.IntegerSchema());
    schema.addProperty("detail", new StringSchema());
    Content content =
        new Content().addMediaType("application/problem+json", new MediaType().schema(schema));
    api.getPaths()
        .values()
        .forEach(
            path ->
                path.readOperations()
                    .forEach(
                        operation ->
                            PROBLEMS.forEach(
                                (status, what) ->
                                    operation
                                        .getResponses()
                                        .addApiResponse(
                                            status,
                                            new ApiResponse()
                                                .description(what)
                                                .content(content)))));
  }
}
