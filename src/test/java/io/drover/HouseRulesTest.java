package io.drover;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.drover", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {

  @ArchTest
  static final ArchRule onlyTheRuntimeKnowsCamel =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.drover.runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.camel..")
          .because("the ledger, the API and the arithmetic must outlive a change of engine");

  @ArchTest
  static final ArchRule theSimulatorIsAnIsland =
      noClasses()
          .that()
          .resideInAPackage("io.drover.simulator..")
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("io.drover..")
                  .and(
                      com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage(
                          "io.drover.simulator..")))
          .because("a judge that shares code with the judged makes the same mistakes");

  @ArchTest
  static final ArchRule nobodyKnowsTheSimulatorTheApiAndTheDemo =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.drover.simulator..", "io.drover.api..", "io.drover.demo..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.drover.simulator..", "io.drover.api..", "io.drover.demo..")
          .because("they stand at the edge: what is inside must work without them");

  @ArchTest
  static final ArchRule theLedgerKnowsOnlyItself =
      classes()
          .that()
          .resideInAPackage("io.drover.execution..")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages(
              "io.drover.runtime..",
              "io.drover.access..",
              "io.drover.patch..",
              "io.drover.prism..",
              "io.drover.odata..")
          .because("everybody else writes into it; a cycle would tie them all together");

  @ArchTest
  static final ArchRule arithmeticIsPlainJava =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.drover.odata..",
              "io.drover.patch..",
              "io.drover.prism..",
              "io.drover.chargeback..",
              "io.drover.drift..",
              "io.drover.inventory..",
              "io.drover.report..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "java.sql..", "jakarta..")
          .because("decisions are tested in microseconds when they need no container");
}
