package dev.rekindle.bench.mesh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A stretch of network between one process and one other: it can be cut, slow, or dead, and whole again. */
final class Link implements AutoCloseable {
    private static final int BUFFER_BYTES = 32 << 10;
    private static final int CONNECT_BACKLOG = 256;
    private static final long LOOK_MILLIS = 20;

    private enum State {
        WHOLE,
        CUT,
        DEAD
    }

    private final String name;
    private final int target;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile State state = State.WHOLE;
    private volatile Duration delay = Duration.ZERO;

    private Link(String name, int target) throws IOException {
        this.name = name;
        this.target = target;
        this.door = new ServerSocket(0, CONNECT_BACKLOG, InetAddress.getLoopbackAddress());
    }

    /** A link to a port of this machine. */
    static Link open(String name, int target) throws IOException {
        Link link = new Link(name, target);
        Thread.ofVirtual().name("link-" + name).start(link::accept);
        return link;
    }

    String name() {
        return name;
    }

    /** Where to connect to. */
    int port() {
        return door.getLocalPort();
    }

    /** Breaks what is connected and refuses what comes, until it is whole again. */
    void cut() {
        state = State.CUT;
        dropAll();
    }

    /** Lets nothing through; connections stand. */
    void die() {
        state = State.DEAD;
    }

    /** Holds each piece back for so long. */
    void slow(Duration by) {
        delay = by;
    }

    /** Connections that stood while it was dead are broken: some of their bytes were acknowledged and are gone. */
    void mend() {
        boolean dead = state == State.DEAD;
        state = State.WHOLE;
        delay = Duration.ZERO;
        if (dead) {
            dropAll();
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket near = door.accept();
                Thread.ofVirtual().start(() -> connect(near));
            } catch (IOException e) {
                if (!door.isClosed()) {
                    throw new java.io.UncheckedIOException("The link " + name + " takes no more connections", e);
                }
            }
        }
    }

    private void connect(Socket near) {
        if (state == State.CUT) {
            drop(near);
            return;
        }
        try {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            open.add(near);
            open.add(far);
            if (state == State.CUT) {
                dropAll(); // cut while it connected
            }
            Thread.ofVirtual().start(() -> pump(near, far));
            pump(far, near);
        } catch (IOException e) {
            drop(near); // the other side is down: so is this one
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (!delay.isZero()) {
                    TimeUnit.NANOSECONDS.sleep(delay.toNanos());
                }
                while (state == State.DEAD && !from.isClosed()) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // broken by either side, or by us
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void dropAll() {
        open.forEach(Link::drop);
        open.clear();
    }

    private static void drop(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed is closed
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        dropAll();
    }
}
