-- A new session that records two MIDI tracks, Phrase and Answer, from its beginning on; run by Ardour itself.
--
--   ardour7-lua -X session.lua FOLDER BPM
--
-- Says "ready" when armed; a line on stdin rolls, the next one stops. Then come the notes that Ardour has,
-- "note TRACK PITCH BEAT LENGTH", in quarter notes from the session's beginning, and "done".

local SAMPLE_RATE, TICKS = 48000, 1920

local function say(...)
	io.write(table.concat({...}, " "), "\n")
	io.flush()
end

local function set_tempo(bpm)
	local map = Temporal.TempoMap.fetch_writable()
	map:set_tempo(Temporal.Tempo(bpm, bpm, 4), Temporal.timepos_t(0))
	map:set_meter(Temporal.Meter(4, 4), Temporal.timepos_t(0))
	Temporal.TempoMap.update(map)
end

local function add_track(session, name)
	local one = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
	session:new_midi_track(one, one, true, ARDOUR.PluginInfo(), nil, nil, 1, name,
		ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, false, false)
	sleep(1) -- while it is being connected, a second one would talk to the JACK server in the midst of it
end

local function arm(session)
	for route in session:get_tracks():iter() do
		route:to_track():rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
	end
	session:maybe_enable_record(false)
	sleep(1)
end

-- Beats have no number of their own in Lua, places in time have.
local function quarters(beats)
	return tonumber((tostring(beats):gsub(":.*", ""))) + tonumber((tostring(beats):gsub(".*:", ""))) / TICKS
end

local function tell(session)
	for route in session:get_tracks():iter() do
		for region in route:to_track():playlist():region_list():iter() do
			local begun = region:position():ticks() / TICKS
			for note in ARDOUR.LuaAPI.note_list(region:to_midiregion():model()):iter() do
				say("note", route:name(), note:note(), string.format("%.6f %.6f", begun + quarters(note:time()),
					quarters(note:length())))
			end
		end
	end
end

AudioEngine:set_backend("JACK", "ardour", "")
local session = create_session(arg[1], "session", SAMPLE_RATE)
if not session then os.exit(1) end
set_tempo(tonumber(arg[2]))
add_track(session, "Phrase")
add_track(session, "Answer")
session:cfg():set_external_sync(true)
sleep(1)
arm(session)
say("ready")
io.read()
session:request_roll(0)
io.read()
session:request_stop(false, false, 0)
sleep(2)
session:save_state("", false, false, false, false, false)
tell(session)
say("done")
session:close()
quit()
