package dev.reprise.behaviours;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.architecture.House;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The end of {@code mvn verify}: joins the tests that say what they show with how they ended in
 * this build, prints the table and writes {@code target/behaviours.json}. Its name keeps it out of
 * the tests before, whose reports it reads.
 *
 * <p>A build of some modules or some tests fails for what it has seen alone; of the rest it says
 * that it was not run.
 */
class BehaviourReport {
  @Test
  void behaviours_endOfTheBuild_areShownAsTheListSays() throws IOException {
    Instant start = Instant.parse(System.getProperty("reprise.build.start"));
    TestResults results = new TestResults();
    boolean all = System.getProperty("test", "").isEmpty();
    for (String module : House.MODULES) {
      all &= results.add(House.folder(module).resolve("target/surefire-reports"), start);
    }
    List<Path> classes =
        House.MODULES.stream()
            .map(module -> House.folder(module).resolve("target/test-classes"))
            .filter(Files::isDirectory)
            .toList();
    BehaviourTable table =
        BehaviourTable.of(Behaviour.all(), ShowingTests.find(classes), results::of, all);
    Files.writeString(House.folder("benchmarks").resolve("target/behaviours.json"), table.json());
    System.out.print(table.text());
    assertThat(table.wrong()).isEmpty();
  }
}
