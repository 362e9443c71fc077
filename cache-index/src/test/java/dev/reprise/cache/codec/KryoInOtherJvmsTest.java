package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal objects have equal digests in every JVM: what follows them is not run again. */
class KryoInOtherJvmsTest {
  private static final Path FIXTURE = Path.of("src/test/resources/golden/objects.tsv");

  /** A release that cannot read what the last one wrote raises the number in {@code kryo/1}. */
  @Test
  void goldenObjects_haveTheDigestsCheckedIn() throws Exception {
    if (Boolean.getBoolean("reprise.golden.write")) {
      Files.writeString(FIXTURE, PrintObjectDigests.lines());
    }
    assertThat(PrintObjectDigests.lines()).isEqualTo(Files.readString(FIXTURE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Duser.timezone=UTC",
        "-Dfile.encoding=ISO-8859-1",
        "-Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kathmandu",
        "-Duser.language=ar -Duser.country=EG",
        "-XX:hashCode=2"
      })
  void goldenObjects_inAnotherJvm_haveTheSameDigests(String options) throws Exception {
    ChildJvm.Outcome child =
        ChildJvm.run(
            List.of(("-XX:+UnlockExperimentalVMOptions " + options).split(" ")),
            PrintObjectDigests.class);

    assertThat(child.exit()).as(child.output()).isZero();
    assertThat(child.output()).isEqualTo(Files.readString(FIXTURE));
  }
}
