package dev.reprise.cache.fingerprint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.Shows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The keys of some two hundred values, as checked in. They never change: who has to change one has
 * made every cache in the world worthless, and raises the schema version of keys.
 */
class GoldenKeysTest {
  private static final Path FIXTURE = Path.of("src/test/resources/golden/keys.tsv");

  @Test
  @Shows("Fault 67")
  void goldenKeys_areThoseCheckedIn() throws Exception {
    if (Boolean.getBoolean("reprise.golden.write")) {
      Files.createDirectories(FIXTURE.getParent());
      Files.writeString(FIXTURE, PrintGoldenKeys.lines());
    }
    assertThat(PrintGoldenKeys.lines()).isEqualTo(Files.readString(FIXTURE));
  }

  @Test
  @Shows({"Fault 67", "Fault 68"})
  void goldenKeys_ofDifferentValues_differ() throws Exception {
    Map<String, List<String>> namesByKey =
        PrintGoldenKeys.lines()
            .lines()
            .map(line -> line.split("\t"))
            .collect(groupingBy(line -> line[1], mapping(line -> line[0], toList())));
    for (List<String> names : namesByKey.values()) {
      String first = names.get(0);
      assertThat(names.subList(1, names.size()))
          .as("values with the key of '%s'", first)
          .allMatch(name -> name.endsWith("=" + first));
    }
    assertThat(namesByKey).hasSizeGreaterThan(180);
  }

  /** Faults 66, 68 and 69: nothing of the JVM's surroundings is in a key. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Duser.timezone=UTC",
        "-Dfile.encoding=ISO-8859-1",
        "-Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kathmandu",
        "-Duser.language=ar -Duser.country=EG -Duser.home=/nowhere",
        "-Xint -XX:hashCode=2 -Djava.util.secureRandomSeed=true"
      })
  @Shows({"Fault 66", "Fault 68", "Fault 69"})
  void goldenKeys_inAnotherJvm_areTheSame(String options) throws Exception {
    ChildJvm.Outcome child =
        ChildJvm.run(
            List.of(("-XX:+UnlockExperimentalVMOptions " + options).split(" ")),
            PrintGoldenKeys.class);
    assertThat(child.exit()).as(child.output()).isZero();
    assertThat(child.output()).isEqualTo(Files.readString(FIXTURE, UTF_8));
  }
}
