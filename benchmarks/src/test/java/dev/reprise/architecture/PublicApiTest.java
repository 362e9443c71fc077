package dev.reprise.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a module promises to those outside is written down in its {@code public-api.txt}, so that
 * adding to it shows in the diff of a change, and taking away cannot happen unseen.
 */
class PublicApiTest {

  @ParameterizedTest
  @CsvSource({
    "cache-index, dev.reprise.cache.fingerprint dev.reprise.cache.code dev.reprise.cache.codec"
        + " dev.reprise.cache.store",
    "executors, dev.reprise.task dev.reprise.executor",
    "scheduler, dev.reprise.api dev.reprise.testkit",
    "plugins-spark, dev.reprise.spark",
    "plugins-ray, dev.reprise.ray"
  })
  void api_isAsWrittenDown(String module, String packages) throws IOException {
    List<String> found = PublicApi.of(classes(module, packages));
    Path file = House.folder(module).resolve("public-api.txt");
    if (Boolean.getBoolean("reprise.api.update")) {
      Files.write(file, found);
      return;
    }
    assertThat(file).exists();
    assertThat(found)
        .describedAs(
            "the API of %s; if it is to change, run"
                + " mvn -Dfast test -pl benchmarks -am -Dtest=PublicApiTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dreprise.api.update=true"
                + " and commit %s",
            module, file.getFileName())
        .containsExactlyElementsOf(Files.readAllLines(file));
  }

  private static Stream<Class<?>> classes(String module, String packages) {
    return House.classesOf(module).stream()
        .filter(resideInAnyPackage(packages.split(" ")))
        .filter(c -> !c.getSimpleName().equals("package-info"))
        .map(JavaClass::reflect);
  }
}
