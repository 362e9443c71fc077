package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.ChildJvm;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM lacks is not taken for a value that must be made again. */
class TroubleOfTheJvmTest {
  private static final int ROWS = 1 << 17;
  private static final int CELL_BYTES = 400;

  @TempDir private static Path folder;
  private static Path table;
  private static Path file;

  @BeforeAll
  static void encode() throws Exception {
    table = folder.resolve("table");
    String cell = "x".repeat(CELL_BYTES);
    TableBuilder rows = ArrowTable.builder(Columns.schema(Columns.text("a")));
    for (int i = 0; i < ROWS; i++) {
      rows.row(cell);
    }
    try (ArrowTable built = rows.build();
        OutputStream out = Files.newOutputStream(table)) {
      Codecs.of(RegisteredTypes.NONE).encode(built, out);
    }
    file = folder.resolve("file");
    byte[] name = {0, 3, (byte) 0xc3, (byte) 0xa4, 'x'}; // äx
    Files.write(file, name);
  }

  private static String decode(List<String> starter, String option, String codec, Path value)
      throws Exception {
    ChildJvm.Outcome outcome =
        ChildJvm.runUnder(
            starter, List.of(option), Decode.class, codec, value.toString(), folder.toString());
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    return outcome.output();
  }

  @Test
  void table_directMemoryIsShort_mayBeReadLater() throws Exception {
    assertThat(decode(List.of(), "-XX:MaxDirectMemorySize=32m", "arrow/1", table))
        .contains("java.io.IOException: there is not enough direct memory left for the table");
  }

  @Test
  void table_noDirectMemoryAtAll_isTheJvmsFault() throws Exception {
    assertThat(decode(List.of(), "-XX:MaxDirectMemorySize=4m", "arrow/1", table))
        .contains("IllegalStateException: Arrow gets no direct memory from this JVM; raise");
  }

  @Test
  void table_memoryIsClosedToArrow_isTheJvmsFault() throws Exception {
    List<String> withoutOpens =
        List.of("sh", "-c", "java=$1; shift 2; exec \"$java\" \"$@\"", "sh");
    assertThat(decode(withoutOpens, "-Xmx256m", "arrow/1", table))
        .contains("IllegalStateException: Arrow cannot reach this JVM's memory; start java with");
  }

  @Test
  void table_wholeJvm_isRead() throws Exception {
    assertThat(decode(List.of(), "-XX:MaxDirectMemorySize=512m", "arrow/1", table))
        .contains("read");
  }

  @Test
  void file_nameThatTheLocaleHasNot_saysWhichLocaleHas() throws Exception {
    assertThat(decode(List.of("env", "LC_ALL=C"), "-Xmx256m", "file/1", file))
        .contains("java.io.IOException: the file ")
        .contains("cannot have its name in the locale of this process")
        .contains("LC_ALL=C.UTF-8");
  }

  /** Decodes the bytes in a file, and prints what comes of it. */
  static final class Decode {
    public static void main(String[] args) throws Exception {
      Codecs codecs =
          Codecs.of(RegisteredTypes.NONE)
              .withFilePlaces(() -> Files.createTempDirectory(Path.of(args[2]), "place"));
      // not Files.readAllBytes, which takes as much direct memory
      try (InputStream in = new FileInputStream(args[1])) {
        ArrayPayload bytes = new ArrayPayload(in.readAllBytes());
        System.out.println("read " + codecs.decode(args[0], bytes));
      } catch (Exception e) {
        System.out.println(e);
      }
    }
  }
}
