package dev.reprise.cache.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.Utf16;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Path} of a regular file that a task wrote: the file's name and its bytes as they are.
 * Read back as a read-only file of the same name in a folder of its own. Where the file was is not
 * kept.
 *
 * <p>Form: length of the name (2 bytes), name in UTF-8, bytes to the end.
 */
final class FileCodec implements Codec {
  static final String ID = "file/1";

  private static final byte[] PREFIX = ContentStream.prefix(ID);

  private static final int LONGEST_NAME = 255;

  private final FilePlaces places;

  FileCodec(FilePlaces places) {
    this.places = places;
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public boolean accepts(@Nullable Object value) {
    return value instanceof Path;
  }

  @Override
  public Encoded encode(@Nullable Object value, OutputStream to) throws IOException {
    if (!(value instanceof Path file)) {
      throw new NoCodecException("only a Path can be kept as a file");
    }
    if (!Files.isRegularFile(file)) {
      String problem = Files.isDirectory(file) ? "is a directory" : "is not there";
      throw new NoCodecException(
          "the result is the file "
              + Text.quote(file.toString())
              + ", which "
              + problem
              + "; write it before the task returns, or return its name as text");
    }
    byte[] name = file.toAbsolutePath().getFileName().toString().getBytes(UTF_8);
    if (!isName(new String(name, UTF_8)) || !Utf16.isWellFormed(file.toString())) {
      throw new NoCodecException(
          "the result is a file with a name that not every system takes: "
              + Text.quote(file.toString()));
    }
    ContentStream stream = new ContentStream(PREFIX, to, Long.MAX_VALUE);
    stream.write(name.length >>> 8);
    stream.write(name.length);
    stream.write(name);
    Files.copy(file, stream);
    return new Encoded(stream.content(), PartitionRef.NOT_A_TABLE, Bytes.EMPTY);
  }

  @Override
  public Path decode(Payload payload) throws IOException {
    try (InputStream in = payload.open()) {
      byte[] length = in.readNBytes(2);
      if (length.length != 2) {
        throw new UndecodableException("the file has no name");
      }
      byte[] bytes = in.readNBytes(((length[0] & 0xff) << 8) | (length[1] & 0xff));
      String name = new String(bytes, UTF_8);
      if (!isName(name)) {
        throw new UndecodableException("the file has a bad name: " + Text.quote(name));
      }
      Path here;
      try {
        here = Path.of(name);
      } catch (InvalidPathException e) {
        throw new IOException(
            "the file "
                + Text.quote(name)
                + " cannot have its name in the locale of this process; start it in one with"
                + " UTF-8, such as LC_ALL=C.UTF-8",
            e);
      }
      Path file = places.newFolder().resolve(here);
      Files.copy(in, file);
      makeReadOnly(file);
      return file;
    }
  }

  /** Whether it names a file in whatever folder it is put into, and no other. */
  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.getBytes(UTF_8).length <= LONGEST_NAME
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ');
  }

  private static void makeReadOnly(Path file) throws IOException {
    PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (posix != null) {
      posix.setPermissions(Set.of(PosixFilePermission.OWNER_READ));
    }
  }
}
