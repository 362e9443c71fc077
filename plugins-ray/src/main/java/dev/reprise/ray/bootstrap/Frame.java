package dev.reprise.ray.bootstrap;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What goes to a worker: which code to load, and bytes for it.
 *
 * @param codeFolder where code lies, as the worker sees it
 * @param code digest of a code list, in hexadecimal
 * @param body for the code
 */
@SuppressWarnings("ArrayRecordComponent") // goes from array to array, compared by nobody
public record Frame(String codeFolder, String code, byte[] body) {
  private static final int MAGIC = 0x52505259;
  private static final int VERSION = 1;

  /** Packs it. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeByte(VERSION);
      out.writeUTF(codeFolder);
      out.writeUTF(code);
      out.writeInt(body.length);
      out.write(body);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  static Frame decode(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int magic = in.readInt();
      int version = in.readByte();
      if (magic != MAGIC || version != VERSION) {
        throw new IOException(
            "a frame of version "
                + version
                + " arrived where version "
                + VERSION
                + " is read: driver and worker run different releases of Reprise");
      }
      String codeFolder = in.readUTF();
      String code = in.readUTF();
      int length = in.readInt();
      if (length != in.available()) {
        throw new IOException(
            "a frame of " + length + " bytes arrived with " + in.available() + " of them");
      }
      return new Frame(codeFolder, code, in.readAllBytes());
    }
  }
}
