package dev.reprise.cache.upkeep;

import static dev.reprise.cache.testing.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.upkeep.Pins.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PinsTest {
  @TempDir Path dir;

  private static final List<Pin> TWO =
      List.of(new Pin("a b%/dév\nx", key(1)), new Pin("a/dev", key(2)));

  @Test
  void read_noFile_nothingIsPinned() throws IOException {
    Pins none = Pins.read(dir.resolve("pins"));

    assertThat(none.all()).isEmpty();
    assertThat(none.contains("a/dev", key(1))).isFalse();
  }

  @Test
  void write_pinsOfAnyScope_areReadAgain() throws IOException {
    Path file = dir.resolve("pins");
    Pins.of(TWO).write(file);

    assertThat(Pins.read(file).all()).containsExactlyInAnyOrderElementsOf(TWO);
    assertThat(Pins.read(file).contains("a/dev", key(2))).isTrue();
    assertThat(Pins.read(file).contains("a/dev", key(1))).isFalse();
    Pins.NONE.write(file);
    assertThat(Pins.read(file).all()).isEmpty();
    assertThat(dir).isDirectoryNotContaining(each -> each.toString().endsWith(".tmp"));
  }

  @Test
  void read_cutShortAnywhere_isRefusedAndSaysWhatToDo() throws IOException {
    Path file = dir.resolve("pins");
    Pins.of(TWO).write(file);
    String whole = Files.readString(file);
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));

      assertThatThrownBy(() -> Pins.read(file))
          .as("%s of %s characters", length, whole.length())
          .isInstanceOf(IOException.class)
          .hasMessage(
              "the file of pins %s is damaged, so that nothing may be evicted; mend it, or remove it and pin anew",
              file);
    }
  }

  @Test
  void read_notUtf8OrNotReadable_isRefusedAndNamesTheFile() throws IOException {
    Path file = dir.resolve("pins");
    Files.write(file, new byte[] {'r', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> Pins.read(file))
        .hasMessage(
            "the file of pins %s is damaged, so that nothing may be evicted; mend it, or remove it and pin anew",
            file);
    Files.delete(file);
    Files.createDirectory(file);

    assertThatThrownBy(() -> Pins.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the file of pins " + file + " cannot be read");
  }
}
