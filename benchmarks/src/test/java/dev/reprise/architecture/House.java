package dev.reprise.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The modules, where they lie, and their classes without tests. */
public final class House {
  public static final List<String> MODULES =
      List.of(
          "cache-index", "executors", "scheduler", "plugins-spark", "plugins-ray", "benchmarks");

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .importPaths(MODULES.stream().map(m -> folder(m).resolve("target/classes")).toList())
          .that(not(resideInAPackage("..jmh_generated..")));

  private House() {}

  /** Main classes of all modules. */
  static JavaClasses classes() {
    return ALL;
  }

  /** Main classes of one module. */
  static JavaClasses classesOf(String module) {
    String folder = folder(module).resolve("target/classes").toUri().toString();
    return ALL.that(
        describe(
            "of " + module,
            c -> c.getSource().orElseThrow().getUri().toString().startsWith(folder)));
  }

  /** Where a module lies. */
  public static Path folder(String module) {
    // Surefire says where; an editor starts tests in the module or at the top.
    Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    Path top = Files.exists(here.resolve("benchmarks")) ? here : here.getParent();
    return top.resolve(module);
  }
}
