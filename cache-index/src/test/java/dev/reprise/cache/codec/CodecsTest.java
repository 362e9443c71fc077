package dev.reprise.cache.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodecsTest {
  private sealed interface Node permits Leaf, Branch {}

  private enum Kind {
    A,
    B
  }

  private record Leaf(Kind kind) implements Node {}

  private record Branch(List<Map<String, Node[]>> children, Optional<Extra> extra)
      implements Node {}

  private static class Extra {
    Other other = new Other();
  }

  private static final class Other {}

  private record Elsewhere() {}

  @TempDir Path folder;
  private final Codecs codecs =
      Codecs.of(RegisteredTypes.NONE)
          .withFilePlaces(() -> Files.createTempDirectory(folder, "place"));

  @Test
  void forValue_everyKind_hasItsCodec() throws Exception {
    try (ArrowTable table = ArrowTable.builder(Columns.schema()).build()) {
      assertThat(codecs.forValue(table).id()).isEqualTo("arrow/1");
    }
    assertThat(codecs.forValue(new byte[0]).id()).isEqualTo("bytes/1");
    assertThat(codecs.forValue(Path.of("x")).id()).isEqualTo("file/1");
    assertThat(codecs.forValue(List.of()).id()).isEqualTo("kryo/1");
    assertThat(codecs.forValue(null).id()).isEqualTo("kryo/1");
    assertThatThrownBy(() -> codecs.encode(Secret.of("x"), OutputStream.nullOutputStream()))
        .isInstanceOf(NoCodecException.class);
  }

  @Test
  void withRowOrder_changesHowTablesAreWritten_bothAreRead() throws Exception {
    Codecs ordered = codecs.withRowOrder(RowOrder.SIGNIFICANT);
    try (ArrowTable table = ArrowTable.builder(Columns.schema()).build()) {
      assertThat(ordered.forValue(table).id()).isEqualTo("arrow-ordered/1");
    }
    assertThat(ordered.withRowOrder(RowOrder.ANY).byId("arrow-ordered/1")).isNotNull();
    assertThat(ordered.byId("arrow/1").id()).isEqualTo("arrow/1");
  }

  @Test
  void byId_unknown_isRefused() {
    assertThatThrownBy(() -> codecs.byId("kryo/99"))
        .isInstanceOf(UndecodableException.class)
        .hasMessageContaining("no codec 'kryo/99'");
  }

  @Test
  void bytes_crossAsTheyAre() throws Exception {
    byte[] bytes = {1, 2, 3};
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    Codec.Encoded encoded = codecs.encode(bytes, out);

    assertThat(out.toByteArray()).isEqualTo(bytes);
    assertThat(encoded.rows()).isEqualTo(-1);
    assertThat((byte[]) codecs.decode("bytes/1", new ArrayPayload(bytes))).isEqualTo(bytes);
  }

  @Test
  void file_comesBackReadOnlyWithNameAndBytes() throws Exception {
    Path file = Files.writeString(folder.resolve("model v1.bin"), "weights");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codecs.encode(file, out);
    Files.delete(file);

    Path back = (Path) codecs.decode("file/1", new ArrayPayload(out.toByteArray()));

    assertThat(back.getFileName()).hasToString("model v1.bin");
    assertThat(back).hasContent("weights");
    assertThat(Files.getPosixFilePermissions(back)).hasToString("[OWNER_READ]");
  }

  @Test
  void file_contentDependsOnNameAndBytes_notOnTheFolder() throws Exception {
    Path a = Files.createDirectory(folder.resolve("a"));
    Path b = Files.createDirectory(folder.resolve("b"));

    assertThat(content(Files.writeString(a.resolve("x"), "1")))
        .isEqualTo(content(Files.writeString(b.resolve("x"), "1")))
        .isNotEqualTo(content(Files.writeString(b.resolve("y"), "1")))
        .isNotEqualTo(content(Files.writeString(b.resolve("x"), "2")));
  }

  @Test
  void file_missingOrDirectory_isRefused() {
    assertThatThrownBy(() -> content(folder.resolve("nothing")))
        .isInstanceOf(NoCodecException.class)
        .hasMessageContaining("is not there; write it before the task returns");
    assertThatThrownBy(() -> content(folder))
        .isInstanceOf(NoCodecException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void file_nameThatLeadsElsewhere_isRefused() {
    for (String name : List.of("../x", "/etc/x", "..", ".", "", "a\\b", "a\0b", "x".repeat(256))) {
      byte[] utf8 = name.getBytes(UTF_8);
      byte[] bytes = new byte[2 + utf8.length];
      bytes[0] = (byte) (utf8.length >>> 8);
      bytes[1] = (byte) utf8.length;
      System.arraycopy(utf8, 0, bytes, 2, utf8.length);

      assertThatThrownBy(() -> codecs.decode("file/1", new ArrayPayload(bytes)))
          .as(name)
          .isInstanceOf(UndecodableException.class);
    }
  }

  @Test
  void file_withoutPlaces_cannotBeReadBack() throws Exception {
    Path file = Files.writeString(folder.resolve("x"), "1");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codecs.encode(file, out);

    assertThatThrownBy(
            () ->
                Codecs.of(RegisteredTypes.NONE)
                    .decode("file/1", new ArrayPayload(out.toByteArray())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no place here for a file");
  }

  @Test
  void sharedCodecs_ofTheSameClasses_areMadeOnce() {
    SharedCodecs shared = new SharedCodecs();
    Codecs first = shared.of(RegisteredTypes.of(Leaf.class));

    assertThat(shared.of(RegisteredTypes.of(Kind.class, Leaf.class))).isSameAs(first);
    assertThat(shared.of(RegisteredTypes.of(Extra.class))).isNotSameAs(first);
  }

  @Test
  void registeredTypes_ofADeclaredType_areAllItIsMadeOf() {
    assertThat(RegisteredTypes.of(Node.class).classes())
        .containsExactlyInAnyOrder(
            Node.class, Leaf.class, Branch.class, Kind.class, Extra.class, Other.class);
    assertThat(RegisteredTypes.of(String.class, ArrowTable.class, List.class).classes()).isEmpty();
  }

  @Test
  void registeredTypes_with_addsWhatNoTypeDeclares() throws Exception {
    RegisteredTypes types = RegisteredTypes.of(Leaf.class).with(Elsewhere.class);

    assertThat(types.names())
        .containsExactly(Elsewhere.class.getName(), Kind.class.getName(), Leaf.class.getName());
    assertThat(RegisteredTypes.named(types.names(), getClass().getClassLoader()).classes())
        .isEqualTo(types.classes());
  }

  private Object content(Path file) throws IOException {
    return codecs.encode(file, OutputStream.nullOutputStream()).content();
  }
}
