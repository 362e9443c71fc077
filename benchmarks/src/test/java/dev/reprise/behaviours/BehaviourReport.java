package dev.reprise.behaviours;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.architecture.House;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The end of {@code mvn verify}: joins the tests that say what they show with how they ended in
 * this build, prints the tables of behaviours and of faults and writes {@code
 * target/behaviours.json} and {@code target/faults.json}. Its name keeps it out of the tests
 * before, whose reports it reads.
 *
 * <p>Behaviours are all shown but those that may be later; a fault may say instead why it is not. A
 * build of some modules or some tests fails for what it has seen alone; of the rest it says that it
 * was not run.
 */
class BehaviourReport {
  @Test
  void linesOfBothLists_endOfTheBuild_areShownAsTheListsSay() throws IOException {
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
    SortedMap<String, SortedSet<TestName>> shown = new TreeMap<>(ShowingTests.find(classes));
    SortedMap<String, SortedSet<TestName>> faults = new TreeMap<>(shown);
    faults.keySet().removeIf(line -> !line.startsWith(Behaviour.FAULT));
    shown.keySet().removeAll(faults.keySet());
    List<String> wrong = new ArrayList<>(tell("behaviours", shown, results, all));
    wrong.addAll(tell("faults", faults, results, all));
    assertThat(wrong).isEmpty();
  }

  private static List<String> tell(
      String list, SortedMap<String, SortedSet<TestName>> shown, TestResults results, boolean all)
      throws IOException {
    BehaviourTable table = BehaviourTable.of(list, Behaviour.all(list), shown, results::of, all);
    Files.writeString(House.folder("benchmarks").resolve("target/" + list + ".json"), table.json());
    System.out.print(table.text());
    return table.wrong();
  }
}
