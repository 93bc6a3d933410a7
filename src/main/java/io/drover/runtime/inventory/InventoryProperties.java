package io.drover.runtime.inventory;

import io.drover.inventory.Labels;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which category keys say what of a VM: {@code drover.inventory.*}.
 *
 * @param departmentCategory who pays
 * @param ownerCategory who answers for it
 * @param environmentCategory what it is for
 */
@ConfigurationProperties("drover.inventory")
public record InventoryProperties(
    @DefaultValue("Department") String departmentCategory,
    @DefaultValue("Owner") String ownerCategory,
    @DefaultValue("Environment") String environmentCategory) {

  public Labels.Keys keys() {
    return new Labels.Keys(departmentCategory, ownerCategory, environmentCategory);
  }
}
