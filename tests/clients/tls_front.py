"""TLS in front of vtsim, which speaks only plain HTTP."""

import asyncio
import ssl
import threading


class TlsFront:
    """Takes TLS on one address, and passes the bytes to another and back."""

    def __init__(self, address, port, backend, certificate, key):
        self._backend = backend
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.set_alpn_protocols(["http/1.1"])
        self._loop = asyncio.new_event_loop()
        # It listens before the constructor returns.
        self._server = self._loop.run_until_complete(asyncio.start_server(
            self._serve, address, port, ssl=self._context))
        self._thread = threading.Thread(target=self._loop.run_forever,
                                        daemon=True)
        self._thread.start()

    async def _serve(self, reader, writer):
        host, port = self._backend.rsplit(":", 1)
        from_backend, to_backend = await asyncio.open_connection(
            host, int(port))
        await asyncio.gather(self._pass_on(reader, to_backend),
                             self._pass_on(from_backend, writer))

    @staticmethod
    async def _pass_on(reader, writer):
        try:
            while part := await reader.read(65536):
                writer.write(part)
                await writer.drain()
        except OSError:
            pass  # one side is gone, and the other is closed below
        finally:
            writer.close()

    async def _end(self):
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._loop.stop()

    def stop(self):
        """Ends it, with all its connections."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join()
        self._loop.close()
