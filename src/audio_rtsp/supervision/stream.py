"""One stream: a capture side and an encoder side on one sound, each replaced alone."""

from __future__ import annotations

import asyncio
from functools import partial

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.encoder.argv import EncoderPlan, encoder_argv
from audio_rtsp.encoder.level import LevelWatch, Window
from audio_rtsp.events.account import Loss
from audio_rtsp.events.event import Event
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.status import StreamStatus
from audio_rtsp.stream_state import StreamState
from audio_rtsp.supervision.capture_run import CaptureRun
from audio_rtsp.supervision.capture_side import CaptureSide
from audio_rtsp.supervision.encoder_side import EncoderSide
from audio_rtsp.supervision.losses import Losses
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.plan import StreamPlan
from audio_rtsp.supervision.rest import LATE, Rest
from audio_rtsp.supervision.sound import Sound
from audio_rtsp.supervision.source import Source
from audio_rtsp.supervision.state import judge
from audio_rtsp.supervision.usb_reset import MUTE, UsbResets
from audio_rtsp.supervision.volume import CaptureVolume


class Stream:
    """A source published under one name, for as long as :meth:`run` runs."""

    def __init__(self, plan: StreamPlan, complaints: tuple[str, ...], outfit: Outfit) -> None:
        self.plan = plan
        self.complaints = complaints
        self._outfit = outfit
        self._sound: Sound | None = None
        self._losses = Losses()
        self._state, self._reason = StreamState.STARTING, ""
        self._state_since = loop_time()
        self._level = LevelWatch()
        self._volume = CaptureVolume()
        self._mixer = ""
        self.usb_resets = UsbResets()
        self._windows = 0
        self._unattended_since = 0.0
        self._capture_rest = Rest(plan.rules, outfit.chance)
        self._encoder_rest = Rest(plan.rules, outfit.chance)
        begin = partial(CaptureRun, hear=partial(outfit.hear, plan.name))
        self._capture = CaptureSide(self._capture_rest, self._renew, self._close_sound, self._judge, begin)
        self._encoder = EncoderSide(plan.name, outfit, self._encoder_rest, self._judge)

    def set_source(self, source: Source | None) -> None:
        """Where its sound comes from; None while its device is away."""
        if source and not self._capture.has_source:
            self.usb_resets.device_came()
        self._mixer = source.mixer if source else ""
        self._capture.set_source(source)

    def change(self, plan: StreamPlan, complaints: tuple[str, ...]) -> None:
        """Other settings: a new encoder continues where the old one stops; the capture only when it must differ."""
        self.complaints = complaints
        if plan == self.plan:
            return
        before, self.plan = self.plan, plan
        if plan.capture_volume != before.capture_volume:
            self._volume.set(self._mixer, plan.capture_volume)
        self._capture_rest.rules = self._encoder_rest.rules = plan.rules
        if self._sound is None:
            return
        if self._capture.fits(self._sound, plan.encoding, plan.needed_channels):
            self._encoder.replace(self._encoder_argv(self._sound.pcm))
        else:
            self._capture.restart("settings changed")

    def restart(self) -> None:
        """Begin again with both sides, at the owner's word."""
        self._capture.restart("restarted by hand")
        self._encoder.restart()
        self.tell_news()

    def meet_event(self) -> None:
        """udev spoke: its device may have come and not be ready yet."""
        self._capture.renew_patience()
        self.tell_news()

    def tell_news(self) -> None:
        """Something changed that may end a wait."""
        self._capture_rest.tell_news()
        self._encoder_rest.tell_news()

    async def run(self) -> None:
        """Keep it up until cancelled; then end both sides in order: the capture first, so that the encoder drains."""
        name = self.plan.name
        self._show(StreamState.STARTING, "")
        capturing = asyncio.create_task(self._capture.run(), name=f"{name} capture")
        filling = asyncio.create_task(self._capture.keep_filled(self._lacking), name=f"{name} filler")
        encoding = asyncio.create_task(self._encoder.run(), name=f"{name} encoder")
        try:
            done, _ = await asyncio.wait((capturing, filling, encoding), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # they run for ever: only a bug of ours ends one
        finally:
            self._show(StreamState.STOPPED, "")
            await _end(filling, capturing)
            await self._close_sound()
            await _end(encoding)
            await self._volume.close()

    def observe(self) -> None:
        """The look at everything that moves, twice a second."""
        self._observe_loss()
        self._encoder.observe()
        self._listen()
        if self._capture.wants_usb_reset:
            self._capture.wants_usb_reset = False
            if self.plan.is_usb:
                self.usb_resets.ask(MUTE)
                self._tell("gives no sound: pull its plug and put it back", 0.0)
        self._judge()

    def _observe_loss(self) -> None:
        """Tell lost sound and why."""
        now, overruns = loop_time(), self._capture.overruns
        found = self._capture.observe()
        if self._capture.overruns > overruns:
            self._losses.overran(now)
        dropped = self._sound.make_room() if self._sound else 0.0
        for cause, lost in self._losses.explain(found, dropped, now):
            self._tell(cause, lost)

    def _listen(self) -> None:
        """Judge the level of what the microphone gives; our own silence says nothing about it."""
        report = self._encoder.report
        if self._capture.is_flowing:
            self.usb_resets.sound_flows()
        if not self._capture.is_flowing:
            self._level = LevelWatch()
        elif report.windows != self._windows and report.lowest is not None and report.highest is not None:
            self._level.note(Window(report.lowest, report.highest), loop_time())
        self._windows = report.windows

    @property
    def is_stuck(self) -> bool:
        """Whether one of its tasks missed its own deadline: a bug of ours, never a fault of device or server."""
        now = loop_time()
        rests = self._capture_rest.is_overdue or self._encoder_rest.is_overdue
        if self._capture.is_unattended or self._encoder.is_unattended:
            self._unattended_since = self._unattended_since or now
        else:
            self._unattended_since = 0.0
        return rests or bool(self._unattended_since and now - self._unattended_since > LATE)

    def status(self) -> StreamStatus:
        """What is true now."""
        now = loop_time()
        sound, encoding = self._sound, self.plan.encoding
        report = self._encoder.report
        total = Loss(self._losses.lost(now), self._losses.filled)
        today = self._outfit.records.today(self.plan.name, total)
        return StreamStatus(
            name=self.plan.name,
            state=self._state,
            reason=self._reason,
            url=self._outfit.listen_url(self.plan.name),
            identity=self.plan.identity,
            description=self.plan.description,
            codec=encoding.codec,
            bitrate=encoding.bitrate,
            rate=encoding.rate,
            channels=encoding.channels,
            capture_pid=self._capture.pid,
            encoder_pid=self._encoder.pid,
            capture_restarts=self._capture.restarts,
            encoder_restarts=self._encoder.restarts,
            lost_seconds=round(total.lost, 3),
            filled_seconds=round(total.filled, 3),
            lost_today_seconds=round(today.lost, 3),
            filled_today_seconds=round(today.filled, 3),
            waiting_seconds=round(sound.waiting_seconds, 3) if sound else 0.0,
            overruns=self._capture.overruns,
            readers=self._encoder.readers,
            peak=report.peak,
            rms=report.rms,
            lowest=report.lowest,
            highest=report.highest,
            is_clipping=self._level.is_clipping,
            usb_reset=self.usb_resets.open,
            state_seconds=round(now - self._state_since, 1),
            next_try_seconds=self._next_try_seconds(now),
            commands=tuple(argv for argv in (self._capture.argv, self._encoder.argv) if argv),
            complaints=(*self.complaints, *self._volume_complaints()),
        )

    def _next_try_seconds(self, now: float) -> float | None:
        """Until the first of its waits is over; None while nothing is waited for but news."""
        ends = [rest.until for rest in (self._capture_rest, self._encoder_rest) if rest.until is not None]
        return round(max(0.0, min(ends) - now), 1) if ends else None

    def _volume_complaints(self) -> tuple[str, ...]:
        return (f"{self.plan.name}: {self._volume.complaint}",) if self._volume.complaint else ()

    async def _renew(self, source: Source) -> Sound:
        """The sound that fits *source*: the one that runs, or a new one when rate, format or channels differ.

        The card's volume is set before.
        """
        self._volume.set(source.mixer, self.plan.capture_volume)
        await self._volume.settle()
        pcm = source.choose(self.plan.encoding, self.plan.needed_channels)
        if self._sound is not None and self._sound.pcm != pcm:
            await self._close_sound()
        if self._sound is None:
            self._sound = Sound(pcm)
            self._losses.begin(self._sound.ledger)
        if self._capture.is_hopeful:
            self._open_encoder(self._sound)
        return self._sound

    def _open_encoder(self, sound: Sound) -> None:
        """Both children start at once, unless the last capture failed: then the encoder waits for the first sound."""
        if not self._encoder.is_open:
            self._encoder.open(sound, self._encoder_argv(sound.pcm))

    def _encoder_argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        plan = self.plan
        url = self._outfit.publish_url(plan.name)
        whole = EncoderPlan(pcm=pcm, encoding=plan.encoding, extra=plan.extra, pick=plan.pick, url=url)
        return encoder_argv(whole, self._outfit.ffmpeg)

    async def _lacking(self, seconds: float) -> None:
        """Without sound for too long: the path goes offline honestly."""
        if seconds > self.plan.gap_seconds:
            await self._close_sound()

    async def _close_sound(self) -> None:
        """End the encoder when it has drained the pipe, and keep the account."""
        sound, self._sound = self._sound, None
        if sound is None:
            return
        self._capture.forget_sound()
        self._losses.end(loop_time())
        sound.pipe.close_writing()
        try:
            await self._encoder.close()
        finally:
            sound.pipe.close()

    def _judge(self) -> None:
        """Tell a change of state, once."""
        if self._state is StreamState.STOPPED:
            return
        if self._sound and self._sound.ledger.has_begun:
            self._losses.sound_came(loop_time())
            self._open_encoder(self._sound)
        silence = self._level.silence(loop_time(), self.plan.silence_seconds)
        state, reason = judge(
            self._capture.condition,
            self._capture.reason,
            self._encoder.condition,
            self._encoder.trouble,
            is_flowing=self._capture.is_flowing,
            is_heard=self._encoder.is_heard,
            silence=silence or "",
        )
        self._show(state, reason)

    def _show(self, state: StreamState, reason: str) -> None:
        before, self._reason = self._state, reason
        if state is before:
            return
        self._state, self._state_since = state, loop_time()
        event = Event(subject=self.plan.name, before=before, after=state, cause=reason)
        if state in (StreamState.LIVE, StreamState.STOPPED):
            restarts = self._capture.restarts + self._encoder.restarts
            event = self._losses.told_with(event, restarts, self._state_since)
        self._outfit.on_event(event)

    def _tell(self, cause: str, lost: float) -> None:
        """Something happened that changes no state."""
        event = Event(subject=self.plan.name, before=self._state, after=self._state, cause=cause, lost=lost)
        self._outfit.on_event(event)


async def _end(*tasks: asyncio.Task[None]) -> None:
    """Cancel and wait; what they raised was raised before or is of no use now."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
